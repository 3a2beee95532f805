package cmd_test

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"wappasim/bot/redistest"
)

// TestSeedFlow is the seed's flow on the real stack: redis-server, fakewa, bot. If the
// machine is too slow to look at the timer while it runs, the test looks again.
func TestSeedFlow(t *testing.T) {
	t.Parallel()
	for began := time.Now(); !trySeedFlow(t); {
		t.Log("the machine was too slow: trying again")
		if time.Since(began) > 5*time.Minute {
			t.Fatal("the machine is too slow")
		}
	}
}

// trySeedFlow is false if what must happen within the silence took longer.
func trySeedFlow(t *testing.T) bool {
	const silence = 3 * time.Second
	s := newStack(t, silence.String())
	bot := s.startBot()
	began, last := time.Now(), time.Time{}
	for _, text := range []string{"Hello there!", "How are you?", "See you later!"} {
		last = time.Now()
		if status := s.say(text); status != 200 {
			t.Fatalf("the webhook was answered %d", status)
		}
	}
	const trigger = "wappa:EXPTRIGGER:user_inactivity:+1234567890"
	triggers := s.redisCLI("-n", "3", "KEYS", "wappa:EXPTRIGGER:*")
	ttl := s.redisCLI("-n", "3", "TTL", trigger)
	session := s.redisCLI("-n", "0", "GET", "wappa:user:+1234567890")
	setting := s.redisCLI("CONFIG", "GET", "notify-keyspace-events")
	elapsed := time.Since(last)
	if time.Since(began) >= silence {
		bot.Terminate()
		return false
	}
	if triggers != trigger {
		t.Errorf("KEYS: got %s", triggers)
	}
	seconds, err := strconv.Atoi(ttl)
	const rounding = 500 * time.Millisecond // TTL rounds to seconds
	if left := time.Duration(seconds) * time.Second; err != nil || left > silence+rounding || left < silence-elapsed-rounding {
		t.Errorf("TTL: got %s, want %s less up to %s", ttl, silence, elapsed)
	}
	if !strings.Contains(session, `"text":"Hello there!"`) || !strings.Contains(session, `"text":"See you later!"`) {
		t.Errorf("GET: got %s", session)
	}
	if setting != "notify-keyspace-events\nxE" {
		t.Errorf("CONFIG GET: got %s", setting)
	}
	s.eventually("the history", func() bool { return len(s.conversation()) == 7 })
	history := s.conversation()[6]
	for _, want := range []string{"out 📬 Message History (3 messages)\n\n⏰ You were inactive for 3 seconds.", "] Hello there!\n2. [", "] How are you?\n3. [", "] See you later!\n\n✨ Session Complete!\n📊 Total: 3 messages\n⏱️ Timer: 3 seconds"} {
		if !strings.Contains(history, want) {
			t.Errorf("%q is not in %q", want, history)
		}
	}
	s.eventually("Redis to hold nothing of the session", func() bool {
		for key := range strings.FieldsSeq(s.redisCLI("KEYS", "*")) {
			if !strings.HasPrefix(key, "wappa:seen:") && !strings.HasPrefix(key, "wappa:pace:") {
				return false
			}
		}
		return s.redisCLI("-n", "3", "KEYS", "*") == ""
	})
	bot.Terminate()
	if log := s.log.String(); !strings.Contains(log, "drained") || strings.Contains(log, "stack-") {
		t.Errorf("the log does not say that it drained, or it holds a secret:\n%s", log)
	}
	return true
}

// TestCheckFindsWhatIsWrong runs the doctor beside the running stack and without it.
func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := newStack(t, "2s")
	out, err := s.command("-check").CombinedOutput()
	if err != nil || strings.Count(string(out), "✅") != 7 || strings.Count(string(out), "⚠️ Redis keeps its data: appendonly is no") != 1 {
		t.Errorf("got %v\n%s", err, out)
	}
	c := s.command("-check")
	c.Env = append(c.Env, "WHATSAPP_TOKEN=wrong", "REDIS_URL=redis://"+redistest.FreeAddr(t))
	out, err = c.CombinedOutput()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 1 || strings.Count(string(out), "❌") != 2 {
		t.Errorf("got %v\n%s", err, out)
	}
}

// TestNextBotSendsTheHistory kills the bot during the silence: the next one sends the
// history.
func TestNextBotSendsTheHistory(t *testing.T) {
	t.Parallel()
	s := newStack(t, "2s")
	bot := s.startBot()
	if status := s.say("before the kill"); status != 200 {
		t.Fatalf("got %d", status)
	}
	s.eventually("the confirmation", func() bool { return len(s.conversation()) >= 2 })
	bot.Kill()
	if status := s.say("while it is away"); status != 0 {
		t.Errorf("got %d", status)
	}
	s.eventually("the trigger to expire", func() bool {
		return s.redisCLI("-n", "3", "EXISTS", "wappa:EXPTRIGGER:user_inactivity:+1234567890") == "0"
	})
	bot = s.startBot()
	s.eventually("the history", func() bool {
		return strings.Contains(strings.Join(s.conversation(), "\n"), "out 📬 Message History (1 message)")
	})
	bot.Terminate()
}

// TestDrainLosesNothing stops the bot while webhooks come in: what it acknowledged
// is in Redis or was sent back.
func TestDrainLosesNothing(t *testing.T) {
	t.Parallel()
	s := newStack(t, "2s")
	bot := s.startBot()
	var (
		mu           sync.Mutex
		acknowledged []string
		users        sync.WaitGroup
	)
	stop := make(chan struct{})
	for user := range 4 {
		users.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				text := fmt.Sprintf("word %d of user %d.", n, user)
				if s.say(text) == 200 {
					mu.Lock()
					acknowledged = append(acknowledged, text)
					mu.Unlock()
				}
			}
		})
	}
	s.eventually("a hundred messages", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(acknowledged) > 100
	})
	bot.Terminate()
	close(stop)
	users.Wait()
	kept := strings.Join(s.redis.Content(), "\n")
	for _, said := range s.conversation() {
		if strings.HasPrefix(said, "out ") {
			kept += said
		}
	}
	for _, text := range acknowledged {
		if !strings.Contains(kept, text) {
			t.Errorf("%q was acknowledged and is not in Redis", text)
		}
	}
}
