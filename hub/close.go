package hub

import "github.com/coder/websocket"

// CloseReason says why the server ended a session. Its text is the reason of the
// WebSocket close frame, of a bye frame, a log attribute and a metric label.
type CloseReason string

// The reasons. Clients reconnect after draining, slow, not_ready and internal, and not after the others
// until something changed.
const (
	CloseGone       CloseReason = "gone"            // the client left; nothing to tell it
	CloseDraining   CloseReason = "draining"        // the node stops; come back when bye says
	CloseSlow       CloseReason = "slow"            // one write blocked for too long
	CloseBadRequest CloseReason = "bad_request"     // a frame or the query was not understood
	CloseNoGrant    CloseReason = "unauthenticated" // no grant, or none any more
	CloseRevoked    CloseReason = "revoked"         // an operator took the grant back
	CloseForbidden  CloseReason = "forbidden"       // the grant does not cover what was asked
	CloseTooMany    CloseReason = "too_many"        // frames arrive too fast
	CloseTooBig     CloseReason = "too_big"         // a frame is over the limit
	CloseNotReady   CloseReason = "not_ready"       // the node is still reading the log
	CloseInternal   CloseReason = "internal"        // a defect of ours; see the log
)

// CloseReasons lists every reason.
var CloseReasons = []CloseReason{CloseGone, CloseDraining, CloseSlow, CloseBadRequest,
	CloseNoGrant, CloseRevoked, CloseForbidden, CloseTooMany, CloseTooBig, CloseNotReady, CloseInternal}

// The close codes of battlehub's own, in the range that RFC 6455 §7.4.2 leaves to
// applications. They resemble HTTP statuses so that a person can read them.
const (
	statusBadRequest websocket.StatusCode = 4400
	statusNoGrant    websocket.StatusCode = 4401
	statusForbidden  websocket.StatusCode = 4403
	statusSlow       websocket.StatusCode = 4408
	statusRevoked    websocket.StatusCode = 4409
	statusTooMany    websocket.StatusCode = 4429
)

// code is the WebSocket close code that tells the reason.
func (r CloseReason) code() websocket.StatusCode {
	switch r {
	case CloseDraining:
		return websocket.StatusServiceRestart
	case CloseSlow:
		return statusSlow
	case CloseBadRequest:
		return statusBadRequest
	case CloseNoGrant:
		return statusNoGrant
	case CloseRevoked:
		return statusRevoked
	case CloseForbidden:
		return statusForbidden
	case CloseTooMany:
		return statusTooMany
	case CloseTooBig:
		return websocket.StatusMessageTooBig
	case CloseNotReady:
		return websocket.StatusTryAgainLater
	case CloseInternal:
		return websocket.StatusInternalError
	default:
		return websocket.StatusNormalClosure
	}
}
