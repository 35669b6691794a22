package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/sdk"
)

// Keys of what functions keep in a cache that they share, and read from it.
const (
	CacheSet = "cache:Set" // members Key and Value
	CacheGet = "cache:Get" // member Key
)

// caches are clients of caches, by the path that makes them.
var caches = set(`ioredis() ioredis.default() ioredis.Redis() ioredis.Cluster() redis.createClient() redis.createCluster() @upstash/redis.Redis() @upstash/redis.Redis.fromEnv()
	redis.Redis() redis.StrictRedis() redis.from_url() redis.Redis.from_url() redis.cluster.RedisCluster() redis.asyncio.Redis() memcached() pymemcache.client.base.Client()
	pymemcache.Client()`)

// cacheWrites are methods that write, with where the value stands among their arguments; cacheReads are methods that read.
var (
	cacheWrites = map[string]int{
		"set": 1, "setex": 2, "setEx": 2, "psetex": 2, "setnx": 1, "setNX": 1, "getset": 1, "append": 1, "hset": 2, "hSet": 2, "hmset": 1, "lpush": 1, "lPush": 1,
		"rpush": 1, "rPush": 1, "sadd": 1, "sAdd": 1, "publish": 1,
	}
	cacheReads = set("get getdel getDel getEx getex hget hGet hgetall hGetAll lpop lPop rpop rPop blpop blPop brpop brPop lrange lRange smembers sMembers mget mGet getBuffer")
)

// cached follows the methods of a client of a cache.
func (in *interp) cached(f frame, e *ir.Expr, recv *Value, method string, args *arguments) (*Value, bool) {
	if recv == nil || !caches[recv.ref] || !in.p.Carries[CacheSet] {
		return nil, false
	}
	if at, ok := cacheWrites[method]; ok && len(args.list) > 1 {
		var value *Value
		for _, v := range append(slices.Clone(args.list[min(at, len(args.list)-1):]), kwValues(args)...) {
			value = join(value, v)
		}
		in.send(f, e.At, CacheSet, &Value{fields: map[string]*Value{"Key": args.get(0), "Value": value}})
		return &Value{}, true
	}
	if !cacheReads[method] {
		return nil, false
	}
	request := &Value{fields: map[string]*Value{"Key": args.get(0)}}
	s := in.sourceOf(awsCall{op: sdk.Operation{Key: CacheGet}, send: in.send(f, e.At, CacheGet, request)})
	s.Own = true
	out := &Value{taints: []*Taint{{Path: "cached value", Source: s, object: !strings.HasPrefix(strings.ToLower(method), "get"), step: &step{f.file, e.At, "is read from the cache", nil, in.steps}}}}
	for _, a := range args.list { // a callback
		for _, c := range a.fns {
			in.invoke(f, c, c.this, &arguments{list: []*Value{nothing, out}}, e.At)
		}
	}
	return out, true
}
