package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/looplab/fsm"
	"github.com/redis/go-redis/v9"
	"github.com/twilio/twilio-go/client"
	"github.com/twilio/twilio-go/twiml"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/server"
	"github.com/paydial/paydial/sessions"
)

// variants are all of them, in the order they are measured and printed.
func variants() []string { return []string{"naive", "floor", "paydial", "paydial auto-pipeline"} }

// menuFlow is the flow of the measured turn: a menu that leads back to itself.
const menuFlow = `format: 1
flow: bench
about: A menu that leads back to itself, to measure one turn.
speaks: [en-US]
defaults: { gave_up: goodbye }
scenes:
  menu:
    - menu:
        say: You owe 84 dollars and 20 cents, due on March 15.
        options:
          1: { to: hear the balance again, go: menu }
          2: { to: hear it once more, go: menu }
          9: { to: end this call, go: goodbye }
          0: { to: speak with someone, go: goodbye }
  goodbye:
    - hang_up: Goodbye.
`

const menuProject = `format: 1
line: Bench
timezone: America/New_York
languages: [en-US]
numbers: { "+15550100000": bench }
payments: { connector: sandbox, currency: usd }
`

// serveVariant runs one variant on a free port and prints its address.
func serveVariant(ctx context.Context, name, redisURL string) error {
	gin.SetMode(gin.ReleaseMode)
	handler, err := variant(ctx, name, redisURL)
	if err != nil {
		return err
	}
	l, err := server.Listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	l.Serve(handler)
	fmt.Println(l.URL()[len("http://"):])
	select {
	case <-ctx.Done():
		return nil
	case err := <-l.Done():
		return err
	}
}

func variant(ctx context.Context, name, redisURL string) (http.Handler, error) {
	o, err := redis.ParseURL(redisURL)
	if err != nil {
		return nil, err
	}
	switch name {
	case "naive":
		return naive(redis.NewClient(o)), nil
	case "floor":
		return floor(redis.NewClient(o)), nil
	case "paydial", "paydial auto-pipeline":
		app, findings, err := server.Open(ctx, server.Config{
			PublicURL: publicURL, AccountSID: accountSID, AuthTokens: []string{authToken}, RedisURL: redisURL,
			DatabaseURL: "sqlite::memory:", Redis: sessions.Config{AutoPipeline: name != "paydial"},
			Log: slog.New(slog.DiscardHandler),
			Bundle: flows.Bundle{Files: []flows.File{
				{Path: "flows/bench.yaml", Source: []byte(menuFlow)}, {Path: "paydial.yaml", Source: []byte(menuProject)},
			}},
		})
		if err != nil {
			return nil, fmt.Errorf("%w %v", err, findings)
		}
		return app.Handler(), nil
	}
	return nil, fmt.Errorf("no variant is called %q", name)
}

// floor is bare Gin with one script that reads and writes: what nothing that keeps state in Redis can beat
// without batching.
func floor(rdb *redis.Client) http.Handler {
	script := redis.NewScript(`local v = redis.call('GET', KEYS[1]) redis.call('SET', KEYS[1], ARGV[1], 'PX', 90000000) return v`)
	answer := []byte(`<?xml version="1.0" encoding="UTF-8"?><Response><Gather/></Response>`)
	r := gin.New()
	handle := func(c *gin.Context) {
		err := script.Run(c.Request.Context(), rdb, []string{"floor:" + c.Param("n")}, "state").Err()
		if err != nil && !errors.Is(err, redis.Nil) {
			c.AbortWithStatus(http.StatusInternalServerError)
			return
		}
		c.Data(http.StatusOK, "text/xml", answer)
	}
	r.POST("/voice", handle)
	r.POST("/voice/turn/:n", handle)
	return r
}

// naive is the turn as the libraries' own examples would have it.
func naive(rdb *redis.Client) http.Handler {
	validator := client.NewRequestValidator(authToken)
	r := gin.New()
	handle := func(c *gin.Context) {
		if err := c.Request.ParseForm(); err != nil {
			c.AbortWithStatus(http.StatusBadRequest)
			return
		}
		params := map[string]string{}
		for name := range c.Request.PostForm {
			params[name] = c.Request.PostForm.Get(name)
		}
		if !validator.Validate(publicURL+c.Request.URL.Path, params, c.GetHeader("X-Twilio-Signature")) {
			c.AbortWithStatus(http.StatusForbidden)
			return
		}
		ctx, key := c.Request.Context(), "naive:"+params["CallSid"]
		state, err := rdb.Get(ctx, key).Result()
		if errors.Is(err, redis.Nil) {
			state, err = "start", nil
		}
		if err != nil {
			c.AbortWithStatus(http.StatusInternalServerError)
			return
		}
		machine := fsm.NewFSM(state, naiveEvents(), fsm.Callbacks{})
		if err := machine.Event(ctx, "key_"+params["Digits"]); err != nil && !errors.As(err, &fsm.NoTransitionError{}) {
			machine.SetState("menu")
		}
		if err := rdb.Set(ctx, key, machine.Current(), 25*time.Hour).Err(); err != nil {
			c.AbortWithStatus(http.StatusInternalServerError)
			return
		}
		answer, err := twiml.Voice([]twiml.Element{&twiml.VoiceGather{
			Action: "/voice/turn/2", Timeout: "7", NumDigits: "1", ActionOnEmptyResult: "true",
			InnerElements: []twiml.Element{
				&twiml.VoiceSay{Message: "You owe 84 dollars and 20 cents, due on March 15.", Language: "en-US"},
				&twiml.VoiceSay{Message: "To hear the balance again, press 1. To hear it once more, press 2.", Language: "en-US"},
				&twiml.VoiceSay{Message: "To end this call, press 9. To speak with someone, press 0.", Language: "en-US"},
			},
		}})
		if err != nil {
			c.AbortWithStatus(http.StatusInternalServerError)
			return
		}
		c.Data(http.StatusOK, "text/xml", []byte(answer))
	}
	r.POST("/voice", handle)
	r.POST("/voice/turn/:n", handle)
	return r
}

// naiveEvents is a table of the size of a small flow.
func naiveEvents() fsm.Events {
	out := fsm.Events{{Name: "key_", Src: []string{"start"}, Dst: "menu"}}
	for _, key := range []string{"1", "2", "9", "0"} {
		out = append(out, fsm.EventDesc{Name: "key_" + key, Src: []string{"menu", "balance", "pay"}, Dst: "menu"})
	}
	return out
}

// startRedis starts a redis-server of our own on a free port.
func startRedis() (url string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	cmd := exec.Command("redis-server", "--port", port, "--save", "", "--appendonly", "no", "--bind", "127.0.0.1")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return "", nil, fmt.Errorf("start redis-server (is it installed?): %w", err)
	}
	stop = func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
	for until := time.Now().Add(5 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			_ = c.Close()
			return "redis://127.0.0.1:" + port + "/0", stop, nil
		}
	}
	stop()
	return "", nil, errors.New("redis-server did not answer in 5 s")
}
