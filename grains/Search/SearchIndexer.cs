using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Search;

/// <summary>
/// Brings what sessions log into the index, in batches, on a thread of its own that goes after everything else. It reads each session's log from where the index says that it has come to,
/// so it may end anywhere, and the index be thrown away.
/// </summary>
internal sealed partial class SearchIndexer(
    ISessionLog log, ISearchIndex index, SearchNews news, SearchComparison comparison, IOptions<SessionSearchOptions> options, ILogger<SearchIndexer> logger) : IHostedService, IDisposable
{
    private const int SessionsAtATime = 64;
    private const int BytesAtATime = 2 << 20;
    private static readonly LogReadLimits Page = new(2_000, 1 << 20);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource stopping = new();
    private Thread? thread;
    private bool disposed;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        thread = new(Run) { IsBackground = true, Name = "search indexer", Priority = ThreadPriority.BelowNormal };
        // What the host's start has in its context must not live as long as this.
        using (ExecutionContext.SuppressFlow()) thread.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        if (thread is not null) await Task.Run(thread.Join, cancellationToken);
    }

    public void Dispose()
    {
        // The host's container has it as itself and as a hosted service, and disposes of it as each.
        if (disposed) return;
        disposed = true;
        stopping.Cancel();
        thread?.Join();
        stopping.Dispose();
    }

    /// <summary>Indexes what waits, until nothing does.</summary>
    public void Drain(CancellationToken cancellationToken)
    {
        while (news.Take(SessionsAtATime) is { Count: > 0 } sessions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Index([.. sessions], cancellationToken);
        }
    }

    private void Run()
    {
        BackgroundThread.Yield();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                comparison.RunIfDue(stopping.Token);
                if (!news.Wait(comparison.UntilDue, stopping.Token)) continue;
                stopping.Token.WaitHandle.WaitOne(options.Value.GatherMs);
                Drain(stopping.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                SearchMetrics.Failed();
                LogFailed(logger, exception);
                stopping.Token.WaitHandle.WaitOne(AfterFault);
            }
        }
    }

    private void Index(List<SessionKey> sessions, CancellationToken cancellationToken)
    {
        var (updates, bytes, done) = (new List<SearchUpdate>(), 0, 0);
        try
        {
            while (done < sessions.Count)
            {
                var (update, size, more) = ReadOrSkip(sessions[done], cancellationToken);
                if (update is not null) updates.Add(update);
                if (more) news.PutBack(sessions[done]);
                done++;
                if ((bytes += size) < BytesAtATime && done < sessions.Count) continue;
                Write(updates, cancellationToken);
                updates.Clear();
                bytes = 0;
            }
        }
        catch
        {
            foreach (var session in updates.Select(update => update.Session).Concat(sessions.Skip(done))) news.PutBack(session);
            throw;
        }
        finally
        {
            news.Done();
        }
    }

    /// <summary>A session that can't be understood keeps none of the others from being found.</summary>
    private (SearchUpdate? Update, int Bytes, bool More) ReadOrSkip(SessionKey session, CancellationToken cancellationToken)
    {
        try
        {
            return Read(session, cancellationToken);
        }
        catch (Exception exception) when (exception is not (SessionLogUnavailableException or OperationCanceledException or OutOfMemoryException))
        {
            SearchMetrics.Failed();
            LogSkipped(logger, session, exception);
            return (null, 0, false);
        }
    }

    private (SearchUpdate? Update, int Bytes, bool More) Read(SessionKey session, CancellationToken cancellationToken)
    {
        var place = Wait(index.FindAsync(session, cancellationToken));
        var page = Wait(log.ReadAsync(session, place.Seq, Page, cancellationToken));
        var afresh = place.Epoch.Length > 0 && (page.Epoch != place.Epoch || place.Seq > page.Head);
        if (afresh) page = Wait(log.ReadAsync(session, 0, Page, cancellationToken));
        if (page.Epoch.Length == 0)
        {
            // There is no log. Who deletes one takes it out of the index, too, but may have done so before a write that then seemed to fail.
            if (place.Version > 0) index.ForgetAsync(session, cancellationToken).GetAwaiter().GetResult();
            return (null, 0, false);
        }

        if (page.Entries.IsEmpty && !afresh && place.Epoch.Length > 0) return (null, 0, false);
        if (Wait(log.GetHeaderAsync(session, cancellationToken)) is not { } header) return (null, 0, false);
        var bytes = page.Entries.Sum(entry => entry.Event.Json.Length);
        var update = SearchReading.Of(session, header.Owner, place, page, afresh, options.Value);
        return (update, bytes, update.Place.Seq < page.Head);
    }

    private void Write(List<SearchUpdate> updates, CancellationToken cancellationToken)
    {
        if (updates.Count == 0) return;
        var began = Stopwatch.GetTimestamp();
        foreach (var refused in WriteOrSkip(updates, cancellationToken)) news.PutBack(refused);
        SearchMetrics.Written(updates.Sum(update => update.Documents.Length), Stopwatch.GetElapsedTime(began));
        foreach (var update in updates)
        {
            // Of a session that was deleted while it was read nothing may be left.
            if (update.Before.Version == 0 && Wait(log.GetHeaderAsync(update.Session, cancellationToken)) is null) index.ForgetAsync(update.Session, cancellationToken).GetAwaiter().GetResult();
        }
    }

    /// <summary>A session that can't be stored keeps none of the others from being found.</summary>
    private IEnumerable<SessionKey> WriteOrSkip(List<SearchUpdate> updates, CancellationToken cancellationToken)
    {
        try
        {
            return Wait(index.WriteAsync(updates, cancellationToken));
        }
        catch (InvalidDataException) when (updates.Count > 1)
        {
            // Those that were written already are refused, and read again.
            return updates.SelectMany(update => WriteOrSkip([update], cancellationToken)).ToList();
        }
        catch (InvalidDataException exception)
        {
            SearchMetrics.Failed();
            LogSkipped(logger, updates[0].Session, exception);
            return [];
        }
    }

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    [LoggerMessage(1801, LogLevel.Warning, "Sessions can't be made searchable just now; it will be tried again.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(1802, LogLevel.Error, "What is new in session {Session} can't be made searchable; it can't be found until the next comparison.")]
    private static partial void LogSkipped(ILogger logger, SessionKey session, Exception exception);
}
