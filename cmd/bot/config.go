package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // TIME_ZONE works where the system has no zones

	"github.com/joho/godotenv"
	"github.com/redis/go-redis/v9"

	"wappasim/bot"
)

// settings are the variables that configure the bot, each with an example, and
// with its default if it has one.
var settings = []struct{ name, standard, example string }{
	{"WHATSAPP_TOKEN", "", "EAAG…, an access token of the Graph API"},
	{"WHATSAPP_PHONE_ID", "", "106540352242922, the id of the business number"},
	{"WHATSAPP_BUSINESS_ID", "", "102290129340398, the id of the WhatsApp business account"},
	{"WHATSAPP_APP_SECRET", "", "the app secret, which signs webhooks"},
	{"WHATSAPP_VERIFY_TOKEN", "", "any word that you also give to Meta for the webhook's handshake"},
	{"WHATSAPP_GRAPH_URL", "https://graph.facebook.com/v23.0", "https://graph.facebook.com/v23.0"},
	{"REDIS_URL", "redis://localhost:6379", "redis://user:password@localhost:6379"},
	{"REDIS_URLS", "none", "redis://node-1:6379,redis://node-2:6379 for a Cluster, redis://sentinel-1:26379?master_name=mymaster,… for Sentinel, or none"},
	{"INACTIVITY_TIMEOUT", "15s", "15s, whole seconds from 1s to 24h"},
	{"SESSION_LIMIT", "1000", "1000, messages from 1 to 100000"},
	{"PROOF_TIMEOUT", "1m", "1m, a time from 15s to 1h"},
	{"RETRY_FOR", "24h", "24h, a time from 1m to 168h"},
	{"TIME_ZONE", "UTC", "Europe/Madrid"},
	{"ADDR", ":8000", ":8000"},
}

// config is what the environment and a .env file say.
type config struct {
	bot  bot.Config
	addr string
}

// setting reads variables, and keeps the first thing that is wrong with them.
type setting struct {
	values map[string]string
	err    error
}

// readConfig reads the environment and the file .env, if there is one; the
// environment counts where both have a variable. Its errors are one line, and
// hold no value that could be a secret.
func readConfig() (config, error) {
	file, err := godotenv.Read()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return config{}, errors.New(".env cannot be read: want lines like WHATSAPP_PHONE_ID=106540352242922")
	}
	s := setting{values: make(map[string]string)}
	for _, known := range settings {
		value := cmp.Or(strings.TrimSpace(os.Getenv(known.name)), strings.TrimSpace(file[known.name]), known.standard)
		if value == "" {
			s.fail(known.name, "is missing")
		}
		s.values[known.name] = value
	}
	if s.err != nil {
		return config{}, s.err
	}
	c := config{addr: s.values["ADDR"], bot: bot.Config{
		Token:         s.values["WHATSAPP_TOKEN"],
		PhoneNumberID: s.values["WHATSAPP_PHONE_ID"],
		BusinessID:    s.values["WHATSAPP_BUSINESS_ID"],
		AppSecret:     s.values["WHATSAPP_APP_SECRET"],
		VerifyToken:   s.values["WHATSAPP_VERIFY_TOKEN"],
		GraphURL:      s.graphURL("WHATSAPP_GRAPH_URL"),
		Redis:         s.redis("REDIS_URL", "REDIS_URLS"),
		Silence:       s.duration("INACTIVITY_TIMEOUT", time.Second, 24*time.Hour, time.Second),
		SessionLimit:  s.number("SESSION_LIMIT", 1, 100_000),
		ProofTimeout:  s.duration("PROOF_TIMEOUT", 15*time.Second, time.Hour, time.Millisecond),
		RetryFor:      s.duration("RETRY_FOR", time.Minute, 7*24*time.Hour, time.Millisecond),
		BatchSize:     128,
		Location:      s.location("TIME_ZONE"),
		HTTP:          &http.Client{Transport: transport()}, // the bot bounds each request by graph.Timeout
	}}
	s.id("WHATSAPP_PHONE_ID")
	s.id("WHATSAPP_BUSINESS_ID")
	return c, s.err
}

func (s *setting) fail(name, what string) {
	if s.err != nil {
		return
	}
	for _, known := range settings {
		if known.name == name {
			s.err = fmt.Errorf("%s %s: want %s", name, what, known.example)
		}
	}
}

// id takes what can stand in the path of a URL. Meta's ids are digits.
func (s *setting) id(name string) {
	if url.PathEscape(s.values[name]) != s.values[name] {
		s.fail(name, fmt.Sprintf("is %q, which is not an id", s.values[name]))
	}
}

func (s *setting) graphURL(name string) string {
	u, err := url.Parse(s.values[name])
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.User != nil {
		s.fail(name, "is not a plain http or https URL")
	}
	return s.values[name]
}

func (s *setting) duration(name string, least, most, unit time.Duration) time.Duration {
	d, err := time.ParseDuration(s.values[name])
	if err != nil || d%unit != 0 || d < least || d > most {
		s.fail(name, fmt.Sprintf("is %q", s.values[name]))
	}
	return d
}

func (s *setting) number(name string, least, most int) int {
	n, err := strconv.Atoi(s.values[name])
	if err != nil || n < least || n > most {
		s.fail(name, fmt.Sprintf("is %q", s.values[name]))
	}
	return n
}

func (s *setting) location(name string) *time.Location {
	zone, err := time.LoadLocation(s.values[name])
	if err != nil {
		s.fail(name, fmt.Sprintf("is %q, which is not a time zone", s.values[name]))
	}
	return zone
}

// redis reads the URL of one server, or those of a Cluster's nodes or of Sentinels.
// What a URL is stays out of the errors: it may hold a password.
func (s *setting) redis(one, several string) *redis.UniversalOptions {
	if s.values[several] == "none" {
		return s.redisURL(one, s.values[one])
	}
	var all *redis.UniversalOptions
	for text := range strings.SplitSeq(s.values[several], ",") {
		o := s.redisURL(several, strings.TrimSpace(text))
		switch {
		case o == nil:
			return nil
		case all == nil:
			all = o
		case all.MasterName != o.MasterName:
			s.fail(several, "names different masters")
		default:
			all.Addrs = append(all.Addrs, o.Addrs...)
		}
	}
	all.IsClusterMode = all.MasterName == ""
	return all
}

func (s *setting) redisURL(name, text string) *redis.UniversalOptions {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "redis" && u.Scheme != "rediss":
		s.fail(name, "is not a redis:// or rediss:// URL")
		return nil
	case strings.Trim(u.Path, "/") != "" || u.Query().Has("db"):
		s.fail(name, "names a database, but the bot uses 0 for sessions and 3 for timers")
		return nil
	}
	query := u.Query()
	sentinel := make(map[string]string) // go-redis' parser of one server's URL does not know what Sentinel needs
	for _, option := range []string{"master_name", "sentinel_username", "sentinel_password"} {
		sentinel[option] = query.Get(option)
		query.Del(option)
	}
	u.RawQuery = query.Encode()
	o, err := redis.ParseURL(u.String())
	if err != nil {
		s.fail(name, "has options that are not known or not well-formed")
		return nil
	}
	return &redis.UniversalOptions{
		Addrs: []string{o.Addr}, MasterName: sentinel["master_name"],
		SentinelUsername: sentinel["sentinel_username"], SentinelPassword: sentinel["sentinel_password"],
		Username: o.Username, Password: o.Password, TLSConfig: o.TLSConfig,
		Protocol: o.Protocol, ClientName: o.ClientName,
		MaxRetries: o.MaxRetries, MinRetryBackoff: o.MinRetryBackoff, MaxRetryBackoff: o.MaxRetryBackoff,
		DialTimeout: o.DialTimeout, ReadTimeout: o.ReadTimeout, WriteTimeout: o.WriteTimeout,
		PoolFIFO: o.PoolFIFO, PoolSize: o.PoolSize, PoolTimeout: o.PoolTimeout,
		MinIdleConns: o.MinIdleConns, MaxIdleConns: o.MaxIdleConns, MaxActiveConns: o.MaxActiveConns,
		ConnMaxIdleTime: o.ConnMaxIdleTime, ConnMaxLifetime: o.ConnMaxLifetime, ConnMaxLifetimeJitter: o.ConnMaxLifetimeJitter,
	}
}

// transport keeps as many connections to the Graph API as the bot sends at a time:
// Go's default of two would make a new one for most messages.
func transport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 0, 512
	return t
}
