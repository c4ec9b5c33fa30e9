"""What is spoken with devices beside their pictures: ONVIF and PTZ, recorders.

Knows the ports and the domain only; neither the feeds nor the database.
"""
