"""Coreset Atlas without a screen: extraction, selection and export as a typed library."""
