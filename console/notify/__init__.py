"""E-mail and webhook: how a notice leaves the house.

Knows the outbox only through ``console.services.notices``; sends in threads of
its own, each try within a time that ends it whatever the other side does.
"""
