package webhook_test

import (
	"fmt"
	"time"

	"battlehub/webhook"
)

// The vector of trtc.io/document/69528.
func ExampleSign() {
	sign, requestTime := webhook.Sign("xxxxyyyy", time.Unix(1669872112, 0))
	fmt.Println("Sign=" + sign)
	fmt.Println("RequestTime=" + requestTime)
	// Output:
	// Sign=17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061
	// RequestTime=1669872112
}
