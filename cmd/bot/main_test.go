package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"wappasim/bot"
	"wappasim/bot/expiry"
)

// settled sets all variables, and takes the test to an empty directory.
func settled(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, value := range map[string]string{
		"WHATSAPP_TOKEN": "EAAG-secret", "WHATSAPP_PHONE_ID": "555", "WHATSAPP_BUSINESS_ID": "777", "WHATSAPP_APP_SECRET": "app-secret",
		"WHATSAPP_VERIFY_TOKEN": "verify-secret", "WHATSAPP_GRAPH_URL": "", "REDIS_URL": "", "REDIS_URLS": "", "INACTIVITY_TIMEOUT": "",
		"SESSION_LIMIT": "", "PROOF_TIMEOUT": "", "RETRY_FOR": "", "TIME_ZONE": "", "ADDR": "",
	} {
		t.Setenv(name, value)
	}
}

func TestDefaults(t *testing.T) {
	settled(t)
	c, err := readConfig()
	if err != nil {
		t.Fatal(err)
	}
	if c.addr != ":8000" || c.bot.GraphURL != "https://graph.facebook.com/v23.0" || c.bot.Silence.String() != "15s" ||
		c.bot.Location.String() != "UTC" || c.bot.Redis.Addrs[0] != "localhost:6379" || c.bot.Token != "EAAG-secret" ||
		c.bot.SessionLimit != 1000 || c.bot.ProofTimeout != time.Minute || c.bot.RetryFor != 24*time.Hour || c.bot.Redis.IsClusterMode || c.bot.Redis.MasterName != "" {
		t.Errorf("got %+v", c)
	}
}

// TestSeveralServers reads the nodes of a Cluster, and Sentinels.
func TestSeveralServers(t *testing.T) {
	settled(t)
	t.Setenv("REDIS_URLS", "redis://u:pw@a:1, redis://u:pw@b:2")
	c, err := readConfig()
	if err != nil {
		t.Fatal(err)
	}
	if r := c.bot.Redis; strings.Join(r.Addrs, " ") != "a:1 b:2" || !r.IsClusterMode || r.MasterName != "" || r.Password != "pw" {
		t.Errorf("a Cluster: got %+v", r)
	}
	t.Setenv("REDIS_URLS", "redis://u:pw@a:1?master_name=m&sentinel_password=spw,redis://u:pw@b:2?master_name=m")
	if c, err = readConfig(); err != nil {
		t.Fatal(err)
	}
	if r := c.bot.Redis; strings.Join(r.Addrs, " ") != "a:1 b:2" || r.IsClusterMode || r.MasterName != "m" {
		t.Errorf("Sentinels: got %+v", r)
	}
	t.Setenv("REDIS_URLS", "redis://a:1")
	if c, err = readConfig(); err != nil || !c.bot.Redis.IsClusterMode {
		t.Errorf("one node of a Cluster: got %+v, %v", c.bot.Redis, err)
	}
}

// TestWrongSettings wants one line that names the variable, exit 2, and no secret.
func TestWrongSettings(t *testing.T) {
	for _, test := range []struct{ name, value, want string }{
		{"WHATSAPP_TOKEN", "", "bot: WHATSAPP_TOKEN is missing: want EAAG…, an access token of the Graph API"},
		{"WHATSAPP_PHONE_ID", "", "bot: WHATSAPP_PHONE_ID is missing"},
		{"WHATSAPP_PHONE_ID", " ", "bot: WHATSAPP_PHONE_ID is missing"},
		{"WHATSAPP_PHONE_ID", "a/b", `bot: WHATSAPP_PHONE_ID is "a/b", which is not an id`},
		{"WHATSAPP_BUSINESS_ID", "", "bot: WHATSAPP_BUSINESS_ID is missing"},
		{"WHATSAPP_APP_SECRET", "", "bot: WHATSAPP_APP_SECRET is missing"},
		{"WHATSAPP_VERIFY_TOKEN", "", "bot: WHATSAPP_VERIFY_TOKEN is missing"},
		{"WHATSAPP_GRAPH_URL", "graph.facebook.com", "bot: WHATSAPP_GRAPH_URL is not a plain http or https URL"},
		{"WHATSAPP_GRAPH_URL", "https://graph.facebook.com/?access_token=hush", "bot: WHATSAPP_GRAPH_URL is not a plain"},
		{"INACTIVITY_TIMEOUT", "15", `bot: INACTIVITY_TIMEOUT is "15": want 15s, whole seconds from 1s to 24h`},
		{"INACTIVITY_TIMEOUT", "1500ms", "bot: INACTIVITY_TIMEOUT"},
		{"INACTIVITY_TIMEOUT", "25h", "bot: INACTIVITY_TIMEOUT"},
		{"INACTIVITY_TIMEOUT", "-15s", "bot: INACTIVITY_TIMEOUT"},
		{"PROOF_TIMEOUT", "14999ms", `bot: PROOF_TIMEOUT is "14999ms": want 1m, a time from 15s to 1h`},
		{"PROOF_TIMEOUT", "61m", "bot: PROOF_TIMEOUT"},
		{"RETRY_FOR", "59s", `bot: RETRY_FOR is "59s": want 24h, a time from 1m to 168h`},
		{"RETRY_FOR", "169h", "bot: RETRY_FOR"},
		{"SESSION_LIMIT", "0", `bot: SESSION_LIMIT is "0": want 1000, messages from 1 to 100000`},
		{"SESSION_LIMIT", "100001", "bot: SESSION_LIMIT"},
		{"SESSION_LIMIT", "many", "bot: SESSION_LIMIT"},
		{"TIME_ZONE", "Mars/Olympus", `bot: TIME_ZONE is "Mars/Olympus", which is not a time zone: want Europe/Madrid`},
		{"REDIS_URL", "redis://:hush@localhost:6379/2", "bot: REDIS_URL names a database, but the bot uses 0 for sessions and 3 for timers"},
		{"REDIS_URL", "redis://:hush@localhost:6379/0", "bot: REDIS_URL names a database"},
		{"REDIS_URL", "redis://:hush@localhost:6379?db=3", "bot: REDIS_URL names a database"},
		{"REDIS_URL", "redis://:hush@localhost:port", "bot: REDIS_URL is not a redis:// or rediss:// URL"},
		{"REDIS_URL", "redis://:hu%zzsh@localhost", "bot: REDIS_URL is not a redis:// or rediss:// URL"},
		{"REDIS_URL", "redis://:hush@localhost?nonsense=1", "bot: REDIS_URL has options that are not known"},
		{"REDIS_URL", "localhost:6379", "bot: REDIS_URL is not"},
		{"REDIS_URL", "http://:hush@localhost:6379", "bot: REDIS_URL is not"},
		{"REDIS_URLS", "redis://a:1,redis://:hush@b:2/3", "bot: REDIS_URLS names a database"},
		{"REDIS_URLS", "redis://a:1,", "bot: REDIS_URLS is not a redis:// or rediss:// URL"},
		{"REDIS_URLS", "redis://a:1?master_name=m,redis://:hush@b:2", "bot: REDIS_URLS names different masters"},
	} {
		t.Run(test.name+"="+strings.ReplaceAll(test.value, "/", "_"), func(t *testing.T) {
			settled(t)
			t.Setenv(test.name, test.value)
			var stdout, stderr bytes.Buffer
			if status := run(context.Background(), nil, &stdout, &stderr); status != 2 {
				t.Errorf("got status %d", status)
			}
			if got := stderr.String(); !strings.HasPrefix(got, test.want) || strings.Count(got, "\n") != 1 || strings.Contains(got, "hush") || stdout.Len() > 0 {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestEnvFile(t *testing.T) {
	settled(t)
	t.Setenv("WHATSAPP_PHONE_ID", "")
	write := func(text string) {
		if err := os.WriteFile(".env", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("WHATSAPP_PHONE_ID=888 # from the file\nWHATSAPP_TOKEN=other\nINACTIVITY_TIMEOUT='2s'\n")
	c, err := readConfig()
	if err != nil || c.bot.PhoneNumberID != "888" || c.bot.Token != "EAAG-secret" || c.bot.Silence.Seconds() != 2 {
		t.Errorf("got %+v, %v", c, err)
	}
	write("WHATSAPP_TOKEN hush\n")
	if _, err := readConfig(); err == nil || !strings.HasPrefix(err.Error(), ".env cannot be read") || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v", err)
	}
}

// TestEnvExample keeps .env.example complete.
func TestEnvExample(t *testing.T) {
	text, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, known := range settings {
		if !strings.Contains(string(text), "\n"+known.name+"="+known.standard) {
			t.Errorf("%s=%s is missing", known.name, known.standard)
		}
	}
}

func TestArguments(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if status := run(context.Background(), []string{"check"}, &stdout, &stderr); status != 2 || !strings.Contains(stderr.String(), `"check" is one argument too many`) {
		t.Errorf("got %d %s", status, &stderr)
	}
	settled(t)
	t.Setenv("ADDR", "256.0.0.1:x")
	stderr.Reset()
	if status := run(context.Background(), nil, &stdout, &stderr); status != 1 || !strings.Contains(stderr.String(), `bot: ADDR is "256.0.0.1:x"`) {
		t.Errorf("got %d %s", status, &stderr)
	}
}

func TestAdminCommandsListRequeueAndForget(t *testing.T) {
	settled(t)
	ctx := context.Background()
	server := miniredis.RunT(t)
	t.Setenv("REDIS_URL", "redis://"+server.Addr())
	park := func(user, reason string, at int) {
		p := expiry.Parked{Action: bot.Inactivity, Identifier: user, ID: "firing" + user, Reason: reason, Due: time.Unix(1, 0).UTC(), At: time.Unix(int64(at), 0).UTC()}
		server.DB(0).HSet("wappa:parked", p.Field(), p.Record())
	}
	park("+1", "outside 24 hours", 2)
	park("+2", "no luck", 1)
	park("+3", "no luck", 3)
	for _, test := range []struct {
		args   string
		status int
		want   string
	}{
		{"-parked", 0, "1970-01-01T00:00:01Z  user_inactivity of +2  no luck\n" +
			"1970-01-01T00:00:02Z  user_inactivity of +1  outside 24 hours\n" +
			"1970-01-01T00:00:03Z  user_inactivity of +3  no luck\n3 parked\n"},
		{"-requeue 2", 0, "1 requeued\n"},
		{"-requeue +2", 0, "0 requeued\n"},
		{"-parked", 0, "1970-01-01T00:00:02Z  user_inactivity of +1  outside 24 hours\n1970-01-01T00:00:03Z  user_inactivity of +3  no luck\n2 parked\n"},
		{"-forget 3", 0, "+3 is forgotten\n"},
		{"-requeue", 0, "1 requeued\n"},
		{"-parked", 0, "0 parked\n"},
		{"-parked +1", 2, ""},
	} {
		var stdout, stderr bytes.Buffer
		if status := run(ctx, strings.Fields(test.args), &stdout, &stderr); status != test.status || stdout.String() != test.want {
			t.Errorf("%s: got %d\n%s%swant\n%s", test.args, status, &stdout, &stderr, test.want)
		}
	}
	for _, user := range []string{"+1", "+2"} {
		if got := server.DB(0).HGet("wappa:firing:user_inactivity:"+user, "id"); got != "firing"+user {
			t.Errorf("%s: the firing that is open is %q", user, got)
		}
	}
}
