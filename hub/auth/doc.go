// Package auth judges what clients show to prove who they are, and says what it grants.
package auth
