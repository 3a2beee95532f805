package features_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/features"
	"wappasim/sim"
	"wappasim/sim/people"
)

// The bugs that are planted into a small bot, which is right without them.
const (
	none            = "none"
	readSendDelete  = "a history is read, sent and deleted, instead of taken in one step"
	getAppendSet    = "a message is appended by reading and writing the session"
	timerFirst      = "the timer is armed, and the message marked as seen, before it is stored"
	noRecovery      = "no replica looks for sessions whose event was lost"
	deleteAfterSend = "what comes while the history is sent is deleted with it"
	noDedupe        = "a webhook that comes twice is stored twice"
	blindRetry      = "a send whose answer was lost is sent again"
)

const (
	plantedSilence = 15 * time.Second
	lease          = 60 * time.Second // of a history that is being sent
)

// planted is a small bot that does what the project's bot does, without
// confirmations. A session is the list log:<user>, its timer the key timer:<user>. A
// history that is being sent is the list out:<user>, which begins with an id, and has a
// lease; the next history waits until it is gone. A replica that finds one without a
// lease sends it again: WhatsApp has sent no status of it for a minute. Each message
// carries the id, and so do its statuses.
type planted struct {
	fault string
	env   sim.Env
	redis *redis.Client
	born  time.Time
	work  sync.WaitGroup
}

func newPlanted(fault string) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		return &planted{fault: fault, env: env, redis: redis.NewClient(env.Redis.Simple()), born: time.Now()}, nil
	}
}

func (p *planted) Close() error {
	p.work.Wait()
	return p.redis.Close()
}

func (p *planted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						ID, From string
						Text     struct{ Body string }
					}
					Statuses []struct {
						Opaque string `json:"biz_opaque_callback_data"`
					}
				}
			}
		}
	}
	err := json.NewDecoder(r.Body).Decode(&hook)
	ctx := context.WithoutCancel(r.Context()) // a sender that goes away stops nothing
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			for _, m := range change.Value.Messages {
				err = errors.Join(err, p.store(ctx, "+"+m.From, m.ID, m.Text.Body))
			}
			for _, s := range change.Value.Statuses { // proof that WhatsApp has it
				user, id, _ := strings.Cut(s.Opaque, " ")
				err = errors.Join(err, p.sent(ctx, user, id))
			}
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

var storeOnce = redis.NewScript(`
if redis.call('SET', KEYS[1], '1', 'NX', 'EX', 604800) then
  redis.call('RPUSH', KEYS[2], ARGV[1])
  redis.call('SET', KEYS[3], '1', 'PX', ARGV[2])
end
return 1`)

func (p *planted) store(ctx context.Context, user, id, text string) error {
	seen, log, timer := "seen:"+id, "log:"+user, "timer:"+user
	ms := plantedSilence.Milliseconds()
	switch p.fault {
	default:
		return storeOnce.Run(ctx, p.redis, []string{seen, log, timer}, text, ms).Err()
	case noDedupe:
		_, err := p.redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			tx.RPush(ctx, log, text)
			tx.Set(ctx, timer, "1", plantedSilence)
			return nil
		})
		return err
	case timerFirst:
		marked, err := p.redis.SetNX(ctx, seen, "1", 7*24*time.Hour).Result()
		if err != nil || !marked {
			return err
		}
		if err := p.redis.Set(ctx, timer, "1", plantedSilence).Err(); err != nil {
			return err
		}
		return p.redis.RPush(ctx, log, text).Err()
	case getAppendSet:
		if n, err := p.redis.Exists(ctx, seen).Result(); err != nil || n == 1 {
			return err
		}
		texts, err := p.redis.LRange(ctx, log, 0, -1).Result()
		if err != nil {
			return err
		}
		_, err = p.redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			tx.Set(ctx, seen, "1", 7*24*time.Hour)
			tx.Del(ctx, log)
			tx.RPush(ctx, log, append(texts, text))
			tx.Set(ctx, timer, "1", plantedSilence)
			return nil
		})
		return err
	}
}

func (p *planted) Run(ctx context.Context) error {
	var listening sync.WaitGroup
	listening.Go(func() { p.listen(ctx) })
	defer listening.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(5 * time.Second):
			p.recover(ctx)
		}
	}
}

func (p *planted) listen(ctx context.Context) {
	p.redis.ConfigSet(ctx, "notify-keyspace-events", "Ex")
	events := p.redis.Subscribe(ctx, "__keyevent@0__:expired")
	defer events.Close()
	for ctx.Err() == nil {
		event, err := events.ReceiveTimeout(ctx, 5*time.Second)
		if err != nil { // in time, or Redis is gone: the next one subscribes again
			time.Sleep(100 * time.Millisecond)
		} else if message, ok := event.(*redis.Message); ok {
			user := strings.TrimPrefix(message.Payload, "timer:")
			if user != message.Payload {
				p.work.Go(func() { p.fire(ctx, user) })
			}
		}
	}
}

var (
	takeOnce = redis.NewScript(`
if redis.call('EXISTS', KEYS[2], KEYS[3]) > 0 or redis.call('EXISTS', KEYS[1]) == 0 then
  return {}
end
redis.call('RENAME', KEYS[1], KEYS[3])
redis.call('LPUSH', KEYS[3], ARGV[1])
redis.call('SET', KEYS[4], '1', 'PX', ARGV[2])
return redis.call('LRANGE', KEYS[3], 0, -1)`)

	// copyOnce leaves the session where it is, to be deleted after the send.
	copyOnce = redis.NewScript(`
if redis.call('EXISTS', KEYS[2], KEYS[3]) > 0 or redis.call('EXISTS', KEYS[1]) == 0 then
  return {}
end
redis.call('RPUSH', KEYS[3], ARGV[1], unpack(redis.call('LRANGE', KEYS[1], 0, -1)))
redis.call('SET', KEYS[4], '1', 'PX', ARGV[2])
return redis.call('LRANGE', KEYS[3], 0, -1)`)

	deleteOnce = redis.NewScript(`
if redis.call('LINDEX', KEYS[1], 0) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return 1`)
)

// sent ends a history that WhatsApp has.
func (p *planted) sent(ctx context.Context, user, id string) error {
	if p.fault == deleteAfterSend {
		if first, err := p.redis.LIndex(ctx, "out:"+user, 0).Result(); err == nil && first == id {
			p.redis.Del(ctx, "log:"+user)
		}
	}
	return deleteOnce.Run(ctx, p.redis, []string{"out:" + user}, id).Err()
}

// fire sends a user's history after the silence.
func (p *planted) fire(ctx context.Context, user string) {
	log, timer := "log:"+user, "timer:"+user
	switch p.fault {
	case readSendDelete:
		texts, err := p.redis.LRange(ctx, log, 0, -1).Result()
		if err == nil && len(texts) > 0 && p.send(ctx, user, "", texts) {
			p.redis.Del(ctx, log)
		}
	default:
		out, take := "out:"+user, takeOnce
		if p.fault == deleteAfterSend {
			take = copyOnce
		}
		list, err := take.Run(ctx, p.redis, []string{log, timer, out, "lease:" + out}, p.env.NewID(), lease.Milliseconds()).StringSlice()
		if err == nil && len(list) > 1 && p.send(ctx, user, list[0], list[1:]) {
			_ = p.sent(ctx, user, list[0]) // or its status says so
		}
	}
}

// recover finds what was missed: sessions without a timer, and histories that no
// replica is sending. A replica that has just started may not have received the status
// of one yet.
func (p *planted) recover(ctx context.Context) {
	if p.fault != noRecovery {
		for _, log := range p.redis.Keys(ctx, "log:*").Val() {
			user := strings.TrimPrefix(log, "log:")
			if n, err := p.redis.Exists(ctx, "timer:"+user).Result(); err == nil && n == 0 {
				p.work.Go(func() { p.fire(ctx, user) })
			}
		}
	}
	if time.Since(p.born) < lease {
		return
	}
	for _, out := range p.redis.Keys(ctx, "out:*").Val() {
		if mine, err := p.redis.SetNX(ctx, "lease:"+out, "1", lease).Result(); err != nil || !mine {
			continue
		}
		list := p.redis.LRange(ctx, out, 0, -1).Val()
		if len(list) < 2 {
			continue
		}
		p.work.Go(func() {
			user := strings.TrimPrefix(out, "out:")
			if p.send(ctx, user, list[0], list[1:]) {
				_ = p.sent(ctx, user, list[0]) // or its status says so
			}
		})
	}
}

// send sends a history and tells whether WhatsApp has it. It tries again when
// WhatsApp says that it has not.
func (p *planted) send(ctx context.Context, user, id string, texts []string) bool {
	body, _ := json.Marshal(map[string]any{
		"messaging_product": "whatsapp", "to": user, "type": "text", "biz_opaque_callback_data": user + " " + id,
		"text": map[string]string{"body": "history: " + strings.Join(texts, ", ")},
	})
	for wait := time.Second; wait <= 8*time.Second; wait *= 2 {
		status, err := p.post(body)
		switch {
		case err == nil && status == http.StatusOK:
			return true
		case err != nil && p.fault != blindRetry:
			return false // WhatsApp may have it: recover waits for a status
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(wait):
		}
	}
	return false
}

func (p *planted) post(body []byte) (status int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, fmt.Sprintf("%s/%s/messages", p.env.GraphURL, p.env.PhoneNumberID), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+p.env.Token)
	resp, err := p.env.HTTP.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// plantedWorkload is the same for all bugs.
var plantedWorkload = sim.Workload{People: []people.Person{people.Writer}, Settle: 3 * time.Minute, Faults: []sim.FaultKind{
	sim.Crash, sim.EventsLost, sim.EventsTwice, sim.WebhooksTwice, sim.WebhooksCut, sim.APIAnswers, sim.APISlow, sim.APILoses,
}}

func plantedProperties() []sim.Property {
	return append(sim.AnyBot(), features.OneHistory(), features.FullSilence(plantedSilence), features.TidyRedis("seen:"))
}

var plantedFaults = []string{readSendDelete, getAppendSet, timerFirst, noRecovery, deleteAfterSend, noDedupe, blindRetry}

// TestExploreFindsPlantedBugs finds each bug, shrinks its run, and replays it.
func TestExploreFindsPlantedBugs(t *testing.T) {
	for _, fault := range plantedFaults {
		t.Run(fault, func(t *testing.T) {
			_, err := sim.Explore(newPlanted(fault), sim.Seeds(200), plantedWorkload, plantedProperties()...)
			failure, ok := errors.AsType[*sim.Failure](err)
			if !ok {
				t.Fatalf("it was not found: %v", err)
			}
			if len(failure.Steps) > 6 {
				t.Errorf("it takes %d steps", len(failure.Steps))
			}
			t.Log(failure)
			t.Setenv("SIM_SEED", strconv.FormatUint(failure.Seed, 10))
			_, again := sim.Explore(newPlanted(fault), sim.Seeds(200), plantedWorkload, plantedProperties()...)
			if again == nil || again.Error() != err.Error() {
				t.Errorf("the replay is different: %v", again)
			}
		})
	}
}

// TestExplorePassesWithoutPlantedBugs plays the bot without any of them.
func TestExplorePassesWithoutPlantedBugs(t *testing.T) {
	report, err := sim.Explore(newPlanted(none), sim.Seeds(1000), plantedWorkload, plantedProperties()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(report)
}
