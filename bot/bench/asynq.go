package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
)

const asynqQueue = "default"

// tasks are asynq's delayed tasks with the user as the id, so that there is one for
// each. A server with the default configuration processes them: as many at a time
// as there are processors, and a look at what is due every 5 seconds.
type tasks struct {
	client    *asynq.Client
	inspector *asynq.Inspector
	server    *asynq.Server // nil where nothing is processed
}

func newTasks(s *server) *tasks {
	to := asynq.RedisClientOpt{Addr: s.addr}
	return &tasks{client: asynq.NewClient(to), inspector: asynq.NewInspector(to)}
}

func startAsynq(_ context.Context, s *server, tell fired) (timers, error) {
	t := newTasks(s)
	t.server = asynq.NewServer(asynq.RedisClientOpt{Addr: s.addr}, asynq.Config{LogLevel: asynq.FatalLevel})
	mux := asynq.NewServeMux()
	mux.HandleFunc(action, func(_ context.Context, task *asynq.Task) error {
		user, err := userIndex(string(task.Payload()))
		if err != nil {
			return fmt.Errorf("%w: %w", err, asynq.SkipRetry)
		}
		tell(user)
		return nil
	})
	if err := t.server.Start(mux); err != nil {
		return nil, fmt.Errorf("start asynq: %w", err)
	}
	return t, nil
}

// arm deletes the user's task and enqueues it again. A task whose handler has not
// returned can be neither deleted nor enqueued: then it is waited for.
func (t *tasks) arm(ctx context.Context, user int, delay time.Duration) error {
	name := userName(user)
	for begun := time.Now(); ; {
		err := t.inspector.DeleteTask(asynqQueue, name)
		if err == nil || errors.Is(err, asynq.ErrTaskNotFound) || errors.Is(err, asynq.ErrQueueNotFound) {
			_, err = t.client.EnqueueContext(ctx, asynq.NewTask(action, []byte(name)), asynq.TaskID(name), asynq.ProcessIn(delay))
			if err == nil {
				return nil
			}
		}
		if ctx.Err() != nil || time.Since(begun) > tooLate {
			return fmt.Errorf("enqueue: %w", err)
		}
		if err := pause(ctx, time.Millisecond); err != nil {
			return err
		}
	}
}

func (t *tasks) stop() error {
	if t.server != nil {
		t.server.Shutdown()
	}
	return errors.Join(t.client.Close(), t.inspector.Close())
}
