//! guiju
