//! Runs effects as jobs; owns the caches and the budget. Knows no egui.
