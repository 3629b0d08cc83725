using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Benchmarks;

/// <summary>Durable appends to the SQLite log: alone, and by many sessions at once, which share a commit.</summary>
public class LogBenchmarks
{
    private readonly string folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "log-benchmarks")).FullName;
    private SqliteSessionLog log = null!;
    private Writer[] writers = null!;

    // The in-process toolchain does not wait for asynchronous set-ups.
    [GlobalSetup]
    public void Open()
    {
        log = new(Options.Create(new SqliteSessionLogOptions { Path = folder }), TimeProvider.System, new(), NullLogger<SqliteSessionLog>.Instance);
        writers = Task.WhenAll(Enumerable.Range(0, 50).Select(i => Writer.OpenAsync(log, new("dev", $"s{i}")))).GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void Close()
    {
        log.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>One session, one entry.</summary>
    [Benchmark]
    public Task Append() => writers[0].AppendAsync();

    /// <summary>50 sessions at once, one entry each; time per entry.</summary>
    [Benchmark(OperationsPerInvoke = 50)]
    public Task GroupCommit() => Task.WhenAll(writers.Select(writer => writer.AppendAsync()));

    private sealed class Writer(SqliteSessionLog log, SessionKey session, string token, long head)
    {
        private static readonly byte[] Event = new byte[400];
        private long head = head;

        public static async Task<Writer> OpenAsync(SqliteSessionLog log, SessionKey session)
        {
            var opening = (await log.OpenAsync(session, "benchmark"))!;
            return new(log, session, opening.Token, opening.Header.Head);
        }

        public async Task AppendAsync()
        {
            ImmutableArray<LogEntry> entries = [new(new(head + 1, "tool.output", "exe_1", Event), ReadOnlyMemory<byte>.Empty)];
            if (await log.AppendAsync(session, token, head, entries) != AppendOutcome.Committed) throw new InvalidOperationException("The append was refused.");
            head++;
        }
    }
}
