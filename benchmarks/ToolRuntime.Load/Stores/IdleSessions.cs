using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Storage;
using StackExchange.Redis;
using ToolRuntime.Load.Figures;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Postgres;
using ToolRuntime.Stores.Redis;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Load.Stores;

/// <summary>What idle sessions cost Redis' memory, before and after they have moved to the archive. Starts a Redis and a PostgreSQL of its own.</summary>
internal static class IdleSessions
{
    private const int AtATime = 16;
    private const int Sampled = 500;

    public static async Task<int> RunAsync(string[] args)
    {
        var sessions = Read(args, 0, 10_000);
        var events = Read(args, 1, 50);
        await using var redis = await RedisServer.StartOwnAsync();
        await using var postgres = await PostgresServer.StartAsync();
        await using var archive = new PostgresArchive(Options.Create(new PostgresArchiveOptions { ConnectionString = postgres.ConnectionString }));
        await using var log = new RedisSessionLog(
            Options.Create(new RedisSessionLogOptions { Configuration = redis.Address }), TimeProvider.System, new(), NullLogger<RedisSessionLog>.Instance, archive);
        await log.ConnectAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{redis.Address},allowAdmin=true");
        var server = connection.GetServers()[0];
        var keys = Enumerable.Range(0, sessions).Select(i => new SessionKey($"tenant{i % 10}", $"session-{i:00000}")).ToArray();

        var empty = await MemoryAsync(server);
        var began = Stopwatch.GetTimestamp();
        await EachAsync(keys, key => FillAsync(log, key, events));
        Say($"{sessions} sessions of {events} events written", began);
        var full = await MemoryAsync(server);
        Tell("in Redis", full - empty, sessions);

        began = Stopwatch.GetTimestamp();
        await EachAsync(keys, async key =>
        {
            if (!await log.Moves!.MoveAsync(key, DateTimeOffset.MaxValue, default)) throw new InvalidOperationException($"{key} did not move.");
        });
        Say("moved, 16 at a time", began);
        Tell("in Redis, after they moved", await MemoryAsync(server) - empty, sessions);
        Tell("in PostgreSQL", long.Parse(await postgres.PsqlAsync("SELECT pg_total_relation_size('toolruntime_archive')"), CultureInfo.InvariantCulture), sessions);

        var returns = new Samples();
        foreach (var key in keys.Take(Sampled))
        {
            began = Stopwatch.GetTimestamp();
            var page = await log.ReadAsync(key, 0, new(10_000, 10 << 20));
            returns.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (page.Entries.Length != events) throw new InvalidOperationException($"{key} came back with {page.Entries.Length} events.");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  come back and read, one after the other: p50 {returns.At(0.5):0.0} ms, p99 {returns.At(0.99):0.0} ms"));
        return 0;
    }

    private static int Read(string[] args, int at, int otherwise) =>
        args.Length > at && int.TryParse(args[at], CultureInfo.InvariantCulture, out var value) && value > 0 ? value : otherwise;

    /// <summary>Events as a shell that prints has them, about 200 bytes each, and a snapshot of the same size as 20 of them.</summary>
    private static async Task FillAsync(RedisSessionLog log, SessionKey session, int events)
    {
        var opening = (await log.OpenAsync(session, $"user-{session.Session}"))!;
        var (call, random) = ($"exec_{Guid.NewGuid():n}"[..24], new Random(session.Session.GetHashCode(StringComparison.Ordinal)));
        var entries = Enumerable.Range(1, events).Select(seq => Entry(seq, call, random)).ToArray();
        for (var at = 0; at < events; at += 5)
        {
            await log.AppendAsync(session, opening.Token, at, [.. entries[at..Math.Min(at + 5, events)]]);
        }

        var snapshot = new Orleans.GrainState<byte[]>([.. entries.Take(20).SelectMany(entry => entry.Event.Json.ToArray())]);
        await log.SnapshotsBy(new Bytes()).WriteStateAsync("session", GrainId.Create("session", session.ToString()), snapshot);
    }

    private static LogEntry Entry(int seq, string call, Random random)
    {
        var text = string.Concat(Enumerable.Range(0, 10).Select(_ => $"{Words[random.Next(Words.Length)]} {random.Next(1_000)} "));
        var json = $$"""{"seq":{{seq}},"at":"2026-11-27T10:{{seq % 60:00}}:{{random.Next(60):00}}.{{random.Next(1000):000}}Z","type":"tool.output","executionId":"{{call}}","stream":"stdout","offset":{{seq * 80}},"text":"{{text}}"}""";
        return new(new(seq, "tool.output", call, Encoding.UTF8.GetBytes(json), LogCheck.New()), default);
    }

    private static readonly string[] Words = ["compiled", "linked", "warning", "module", "passed", "failed", "test", "in", "ms", "file", "unit", "cache", "wrote", "read"];

    private static Task EachAsync(SessionKey[] keys, Func<SessionKey, Task> act) =>
        Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (key, _) => await act(key));

    private static async Task<long> MemoryAsync(IServer server)
    {
        var memory = (await server.InfoAsync("memory")).SelectMany(group => group).First(line => line.Key == "used_memory");
        return long.Parse(memory.Value, CultureInfo.InvariantCulture);
    }

    private static void Say(string what, long began) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));

    private static void Tell(string where, long bytes, int sessions) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {where}: {bytes / 1e6:0.0} MB, {bytes / sessions:N0} bytes a session"));

    private sealed class Bytes : IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) => BinaryData.FromBytes((byte[])(object)input!);

        public T Deserialize<T>(BinaryData input) => (T)(object)input.ToArray();
    }
}
