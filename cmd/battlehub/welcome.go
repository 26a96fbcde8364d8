package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
)

// welcome tells a person what to do next: where the dashboard is, what to enter at
// Tencent, how to send a first webhook, and who can see what.
func welcome(w io.Writer, a *app) {
	base := "http://" + reachable(a.Addr())
	app, hook := a.config.Apps[0], base+a.config.shownWebhookPath()
	fmt.Fprintf(w, "\n  battlehub %s\n\n", version())
	fmt.Fprintf(w, "  Dashboard    %s/\n", base)
	fmt.Fprintf(w, "  Webhook URL  %s   enter this at Tencent's console, under the name that Tencent can reach\n", hook)
	fmt.Fprintf(w, "  Metrics      http://%s/metrics\n", reachable(a.OpsAddr()))
	fmt.Fprintf(w, "  Log          %s\n", logPlace(a.config))
	fmt.Fprintf(w, "  Access       %s\n", access(a.config))
	simulate := fmt.Sprintf("%s simulate --url %s --sdkappid %d", ourName(os.Args[0]), hook, app.SDKAppID)
	if len(app.WebhookToken) > 0 {
		simulate += " --webhook-token " + hidden
	}
	if strings.Contains(simulate, hidden) {
		fmt.Fprintf(w, "\n  Your secrets are not printed; put them in the place of %s and send some battles:\n\n  %s\n\n", hidden, simulate)
		return
	}
	fmt.Fprintf(w, "\n  Challenge a room as Tencent would, with the Create packet of its documentation:\n\n%s\n", curl(hook, app))
	fmt.Fprintf(w, "  Or watch many battles:\n\n  %s\n\n", simulate)
}

// ourName is how to call this program again. What go run built is gone afterwards.
func ourName(arg0 string) string {
	if strings.Contains(arg0, "go-build") {
		return "go run ./cmd/battlehub"
	}
	return arg0
}

// curl is a command that sends the documented packet (trtc.io/document/68259). The shell
// puts the time into its id and EventTime, so that every run is a new battle of now.
func curl(hook string, app appConfig) string {
	return fmt.Sprintf(`  T=$(date +%%s); curl '%s?SdkAppid=%d&CallbackCommand=Live.CallbackAfterCreateBattle&contenttype=json' -d '{
    "CallbackCommand":"Live.CallbackAfterCreateBattle","Operator_Account":"brennanli",
    "BattleId":"'$T'/4siHsNsWN+T3aub9zKraqPbSEGRX2z6gs3LDFi=","FromRoomId":"pk-3","ToRoomIdList":["pk-5"],
    "Timeout":30000,"Duration":60000,"NeedResponse":false,"ExtensionInfo":"extension pk","EventTime":'$T'000}'
`, hook, app.SDKAppID)
}

func logPlace(c config) string {
	switch {
	case c.RedisURL != "" && c.DataDir == "":
		return "in Redis, shared; while it is away, webhooks are refused (--data-dir keeps them)"
	case c.RedisURL != "":
		return "in Redis, shared; while it is away, webhooks are kept in " + c.DataDir
	case c.DataDir == "":
		return "in memory; a restart forgets it (--data-dir keeps it on disk)"
	}
	return "on disk, in " + c.DataDir
}

func access(c config) string {
	if c.guarded() {
		return "by credential: " + strings.Join(credentials(c), ", ")
	}
	if c.Open && !isLoopback(c.Listen) {
		return "open to everyone who can reach this address, because --open says so"
	}
	return "open, because it listens on this machine only: whoever is here sees every battle"
}

// credentials lists what clients may show.
func credentials(c config) []string {
	var taken []string
	if len(c.JWTSecret) > 0 {
		taken = append(taken, "JWTs signed by a secret (battlehub token makes them)")
	}
	if u, err := url.Parse(c.JWKSURL); err == nil && u.Host != "" {
		taken = append(taken, "JWTs signed by keys of "+u.Host)
	}
	if len(c.userSigKeys()) > 0 {
		taken = append(taken, "UserSigs")
	}
	if c.OIDCIssuer != "" {
		taken = append(taken, "the dashboard's sign-in with "+c.OIDCName)
	}
	return taken
}

// reachable turns an address that stands for every interface into one that a person can
// open.
func reachable(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() || ip.IsLoopback() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
