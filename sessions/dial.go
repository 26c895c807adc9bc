package sessions

import (
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// dial makes the client for cfg.URL: one server, a cluster, or what sentinels watch. Every kind is set up
// for money. go-redis's own retries are off, because a lost reply would run a command twice; deadlines of
// the context are kept, which go-redis does not do by itself; CLIENT SETINFO and the maintenance handshake
// are not sent, so that every reply belongs to a command of ours.
func dial(cfg Config) (redis.UniversalClient, error) {
	scheme, rest, ok := strings.Cut(cfg.URL, "://")
	if !ok {
		return nil, fmt.Errorf("redis URL %s: no scheme", redacted(cfg.URL))
	}
	base, kind, _ := strings.Cut(scheme, "-")
	var client redis.UniversalClient
	var err error
	switch kind {
	case "":
		client, err = dialServer(cfg)
	case "cluster":
		client, err = dialCluster(cfg, base+"://"+rest)
	case "sentinel":
		client, err = dialSentinel(cfg, base+"://"+rest)
	default:
		return nil, fmt.Errorf("redis URL %s: scheme must be redis, redis-cluster or redis-sentinel", redacted(cfg.URL))
	}
	if err != nil {
		// The parser's error may quote the URL, and with it the password.
		return nil, fmt.Errorf("redis URL %s: not of a form that can be dialled", redacted(cfg.URL))
	}
	return client, nil
}

// redacted is a URL without its user and password.
func redacted(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return "(not shown)"
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = rest[at+1:]
	}
	if q := strings.IndexByte(rest, '?'); q >= 0 {
		rest = rest[:q]
	}
	return scheme + "://" + rest
}

func noMaintenance() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

func dialServer(cfg Config) (redis.UniversalClient, error) {
	o, err := redis.ParseURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	o.MaxRetries = -1
	o.DialerRetries = 1
	o.ContextTimeoutEnabled = true
	o.DisableIdentity = true
	o.MaintNotificationsConfig = noMaintenance()
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = cfg.Timeout, cfg.Timeout, cfg.Timeout, cfg.Timeout
	o.PoolSize = cfg.PoolSize
	return redis.NewClient(o), nil
}

func dialCluster(cfg Config, url string) (redis.UniversalClient, error) {
	o, err := redis.ParseClusterURL(url)
	if err != nil {
		return nil, err
	}
	o.MaxRetries = -1
	o.DialerRetries = 1
	o.ContextTimeoutEnabled = true
	o.DisableIdentity = true
	o.MaintNotificationsConfig = noMaintenance()
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = cfg.Timeout, cfg.Timeout, cfg.Timeout, cfg.Timeout
	o.PoolSize = cfg.PoolSize
	return redis.NewClusterClient(o), nil
}

func dialSentinel(cfg Config, url string) (redis.UniversalClient, error) {
	o, err := redis.ParseFailoverURL(url)
	if err != nil {
		return nil, err
	}
	o.MaxRetries = -1
	o.DialerRetries = 1
	o.ContextTimeoutEnabled = true
	o.DisableIdentity = true
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = cfg.Timeout, cfg.Timeout, cfg.Timeout, cfg.Timeout
	o.PoolSize = cfg.PoolSize
	return redis.NewFailoverClient(o), nil
}
