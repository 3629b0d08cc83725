using System.Collections.Concurrent;
using System.Collections.Immutable;
using Orleans.Streams;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Notices;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Notices;

/// <summary>The boards of all tenants that have connections here, and that of everybody; each is followed as long as it has readers.</summary>
internal sealed partial class NoticeBoards(IClusterClient cluster, CommandRetry retry, TimeProvider time, ILogger<NoticeBoards> logger) : BackgroundService
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Lazy<Task<NoticeBoard>>> boards = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<NoticeReader, bool> waiting = new();

    /// <summary>Has a reader told of its tenant's notices and of everybody's, until it is detached. What can't be had just now is tried again.</summary>
    public async Task AttachAsync(NoticeReader reader)
    {
        foreach (var key in (string[])[reader.Tenant, NoticeStreams.Everybody]) await AttachAsync(key, reader);
    }

    public async Task DetachAsync(NoticeReader reader)
    {
        waiting.TryRemove(reader, out _);
        foreach (var board in reader.Close()) await LeaveAsync(board, reader);
    }

    /// <summary>What a user has dismissed.</summary>
    public Task<SessionReply<ImmutableArray<string>>> DismissedAsync(string tenant, string subject, CancellationToken cancellationToken) => retry.RunAsync(
        async () => new SessionReply<ImmutableArray<string>>(await cluster.GetGrain<INoticeReaderGrain>(new SessionKey(tenant, subject).ToString()).ListAsync(), null), cancellationToken);

    /// <summary>Live delivery is at most once: whatever was lost is there after a minute.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Again, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var (_, board) in boards)
                {
                    if (board is not { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) continue;
                    await ReadAsync(board.Value.Result);
                }

                foreach (var reader in waiting.Keys)
                {
                    if (!waiting.TryRemove(reader, out _)) continue;
                    foreach (var key in reader.Missed()) await AttachAsync(key, reader);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the host stops
        }
    }

    private async Task AttachAsync(string key, NoticeReader reader)
    {
        try
        {
            var board = await JoinAsync(key, reader);
            if (!reader.Add(board)) await LeaveAsync(board, reader);
        }
        catch (Exception exception)
        {
            LogFailed(key, exception);
            if (reader.Miss(key)) waiting[reader] = true;
        }
    }

    private async Task LeaveAsync(NoticeBoard board, NoticeReader reader)
    {
        if (!board.Remove(reader)) return;
        if (boards.TryGetValue(board.Key, out var entry) && entry is { IsValueCreated: true, Value.IsCompletedSuccessfully: true } && entry.Value.Result == board)
        {
            boards.TryRemove(KeyValuePair.Create(board.Key, entry));
        }

        await StopAsync(board);
    }

    private async Task StopAsync(NoticeBoard board)
    {
        try
        {
            await board.StopAsync();
        }
        catch (Exception exception)
        {
            LogFailed(board.Key, exception);
        }
    }

    private async Task<NoticeBoard> JoinAsync(string key, NoticeReader reader)
    {
        while (true)
        {
            var entry = boards.GetOrAdd(key, key => new(() => StartAsync(key)));
            try
            {
                var board = await entry.Value;
                if (board.TryAdd(reader)) return board;
                boards.TryRemove(KeyValuePair.Create(key, entry)); // its last reader has just left
            }
            catch
            {
                boards.TryRemove(KeyValuePair.Create(key, entry));
                throw;
            }
        }
    }

    private async Task<NoticeBoard> StartAsync(string key)
    {
        var board = new NoticeBoard(key);
        await board.StartAsync(cluster.GetStreamProvider(SessionStreams.Provider).GetStream<NoticeNews>(StreamId.Create(NoticeStreams.Namespace, key)), () => GapAsync(board));
        try
        {
            await board.ReadAsync(() => cluster.GetGrain<INoticeBoardGrain>(key).ListAsync());
        }
        catch (Exception exception) when (ErrorMapper.IsTransient(exception))
        {
            LogFailed(key, exception); // those that are posted from now on are told, and the others in a minute
        }
        catch
        {
            await StopAsync(board);
            throw;
        }

        return board;
    }

    private async Task GapAsync(NoticeBoard board)
    {
        foreach (var reader in board.Readers) reader.Forget();
        await ReadAsync(board);
    }

    private async Task ReadAsync(NoticeBoard board)
    {
        try
        {
            await board.ReadAsync(() => cluster.GetGrain<INoticeBoardGrain>(board.Key).ListAsync());
        }
        catch (Exception exception)
        {
            LogFailed(board.Key, exception);
        }
    }

    [LoggerMessage(6301, LogLevel.Warning, "Notices of {Board} can't be followed just now.")]
    private partial void LogFailed(string board, Exception exception);
}
