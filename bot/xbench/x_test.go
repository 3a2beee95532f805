package xbench
import ("testing";"context";"fmt";"time";"os";"net/http";"regexp"
"github.com/redis/go-redis/v9"
"wappasim/bot";"wappasim/bot/redistest")
func TestX(t *testing.T){
 addr:=redistest.Start(t)
 b,err:=bot.New(bot.Config{Redis:&redis.UniversalOptions{Addrs:[]string{addr}},HTTP:&http.Client{},GraphURL:"http://x/v1.0",PhoneNumberID:"1",Token:"t",AppSecret:"s",VerifyToken:"v"})
 if err!=nil{t.Fatal(err)}
 defer b.Close()
 ctx:=context.Background()
 c:=redis.NewClient(&redis.Options{Addr:addr}); defer c.Close()
 u:=b.Users()
 N:=20000
 mem0:=mem(c)
 for i:=0;i<N;i++{ for k:=0;k<3;k++{ u.Append(ctx,fmt.Sprintf("+1555%07d",i),bot.Message{ID:fmt.Sprintf("wamid.HBgLMTU1NTAwMDAwMDMVAgASGBREMEMxMzhERjIwNDZGQ%010d_%02d=",i,k),At:time.Now().UTC().Truncate(time.Second),Type:"text",Text:"Hello there!"},bot.Inactivity,time.Hour)}}
 mem1:=mem(c)
 fmt.Println("bytes/user with marks",(mem1-mem0)/N)
 it:=c.Scan(ctx,0,"wappa:seen:*",10000).Iterator(); var ks []string; for it.Next(ctx){ks=append(ks,it.Val())}
 for len(ks)>0 { n:=min(1000,len(ks)); c.Del(ctx,ks[:n]...); ks=ks[n:]}
 mem2:=mem(c)
 fmt.Println("bytes/user",(mem2-mem0)/N,"bytes/mark",(mem1-mem2)/N/3)
 fmt.Println(c.MemoryUsage(ctx,"wappa:user:+15550000001").Val(), c.StrLen(ctx,"wappa:user:+15550000001").Val(), c.MemoryUsage(ctx,"wappa:pace:+15550000001").Val(), c.Get(ctx,"wappa:user:+15550000001").Val())
 c.ConfigResetStat(ctx)
 for i:=0;i<N;i++{ u.Append(ctx,fmt.Sprintf("+1555%07d",i),bot.Message{ID:fmt.Sprintf("wamid.HBgLMTU1NTAwMDAwMDMVAgASGBREMEMxMzhERjIwNDZGQ%010d_%02d=",i,7),At:time.Now().UTC().Truncate(time.Second),Type:"text",Text:"Hello there!"},bot.Inactivity,time.Hour)}
 fmt.Println(c.Info(ctx,"commandstats").Val())
 // seed's
 c3:=redis.NewClient(&redis.Options{Addr:addr,DB:3}); defer c3.Close()
 c.ConfigResetStat(ctx)
 for i:=0;i<N;i++{ k:=fmt.Sprintf("seed:user:+1555%07d",i); c.HGetAll(ctx,k); p:=c.Pipeline(); p.HSet(ctx,k,"messages",`[{"text":"Hello there!"},{"text":"Hello there!"},{"text":"Hello there!"}]`,"n",3); p.Expire(ctx,k,300*time.Second); p.Exec(ctx); c3.Del(ctx,"t:"+k); c3.SetEx(ctx,"t:"+k,"1",15*time.Second)}
 fmt.Println(c.Info(ctx,"commandstats").Val())
 _=os.Stdout
}
func mem(c *redis.Client)int{ s:=c.Info(context.Background(),"memory").Val(); var n int; fmt.Sscan(regexp.MustCompile(`used_memory:(\d+)`).FindStringSubmatch(s)[1],&n); return n}
