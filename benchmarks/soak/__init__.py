"""A reader's month with many feeds, in minutes: what grows on the device, what is lost, what is seen twice."""
