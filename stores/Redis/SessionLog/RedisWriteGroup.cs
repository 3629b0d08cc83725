using StackExchange.Redis;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>One server's writes that wait for replicas or disks together: while one group waits the next one gathers.</summary>
internal sealed class RedisWriteGroup(IServer server, RedisLogConnection connection, RedisSessionLogOptions options)
{
    private readonly Lock gate = new();
    private List<Write> waiting = [];
    private bool running;

    /// <summary>Completes when the group that has the write is durable.</summary>
    public Task<RedisResult> WriteAsync(Func<Task<RedisResult>> send)
    {
        var write = new Write(send, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (gate)
        {
            waiting.Add(write);
            if (!running) _ = Task.Run(RunAsync);
            running = true;
        }

        return write.Done.Task;
    }

    private async Task RunAsync()
    {
        while (true)
        {
            List<Write> group;
            lock (gate)
            {
                group = waiting;
                waiting = [];
                running = group.Count > 0;
                if (!running) return;
            }

            await WriteAsync(group).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(List<Write> group)
    {
        SessionLogUnavailableException? doubt = null;
        var results = new Task<RedisResult>[group.Count];
        try
        {
            // Connections are numbered by the server and never again: the same number before and after means that WAIT spoke of these
            // writes.
            var before = server.ExecuteAsync("CLIENT", "ID");
            for (var i = 0; i < results.Length; i++) results[i] = group[i].Send();
            await ((Task)Task.WhenAll(results)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var reached = AskAsync();
            var after = server.ExecuteAsync("CLIENT", "ID");
            var wrong = await reached.ConfigureAwait(false);
            if ((long)await before.ConfigureAwait(false) != (long)await after.ConfigureAwait(false))
            {
                wrong = "the connection was lost meanwhile";
            }

            if (wrong is not null) doubt = new($"The session log was written, but maybe not durably: {wrong}.");
        }
        catch (Exception e)
        {
            doubt = connection.Failed("The session log was written, but maybe not durably.", e);
        }

        SessionLogMetrics.Committed(group.Count);
        for (var i = 0; i < group.Count; i++) group[i].Complete(results[i], doubt);
    }

    /// <summary>What was not reached in time, if anything.</summary>
    private async Task<string?> AskAsync()
    {
        if (!options.Fsync)
        {
            var replicas = (long)await server.ExecuteAsync("WAIT", options.Replicas, options.ReplicationTimeoutMs).ConfigureAwait(false);
            return replicas < options.Replicas ? $"{replicas} of {options.Replicas} replicas have it" : null;
        }

        var synced = (RedisResult[])(await server.ExecuteAsync("WAITAOF", 1, options.Replicas, options.ReplicationTimeoutMs)
            .ConfigureAwait(false))!;
        var (master, others) = ((long)synced[0], (long)synced[1]);
        if (master < 1) return "the master has not synced it";
        return others < options.Replicas ? $"{others} of {options.Replicas} replicas have synced it" : null;
    }

    private sealed record Write(Func<Task<RedisResult>> Send, TaskCompletionSource<RedisResult> Done)
    {
        public void Complete(Task<RedisResult>? result, SessionLogUnavailableException? doubt)
        {
            if (result is { IsFaulted: true }) Done.SetException(result.Exception!.InnerExceptions);
            else if (doubt is not null || result is null)
            {
                Done.SetException(doubt ?? new SessionLogUnavailableException("The session log could not be written."));
            }
            else Done.SetResult(result.Result);
        }
    }
}
