"""Pure geometry on NumPy arrays: lens and camera, homographies, boxes, masks. No torch."""
