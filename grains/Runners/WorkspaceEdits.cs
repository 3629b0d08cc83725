using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ToolRuntime.Sessions;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Runners;

/// <summary>What people change in workspaces on this silo: of each session one change at a time, and files that are on their way.</summary>
internal sealed class WorkspaceEdits(IOptions<WorkspaceOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>An upload whose next part, or repeated last one, does not come for so long is forgotten.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    /// <summary>Uploads of one session at a time.</summary>
    private const int MaxUploads = 16;

    private readonly ConcurrentDictionary<(SessionKey Session, string Name), (FileUpload Upload, ITimer Silence)> uploads = new();
    private readonly Dictionary<SessionKey, Task> changes = [];

    public long MaxBytes => options.Value.MaxUploadBytes;

    /// <summary>The upload that a part is of, where there is one; it gets another minute.</summary>
    public FileUpload? Find(SessionKey session, string name)
    {
        if (!uploads.TryGetValue((session, name), out var found)) return null;
        found.Silence.Change(Silence, Timeout.InfiniteTimeSpan);
        return found.Upload;
    }

    /// <summary>Begins one; null where the session has too many.</summary>
    /// <exception cref="IOException">The data folder takes none.</exception>
    public FileUpload? Begin(SessionKey session, string name)
    {
        if (uploads.Count(one => one.Key.Session == session && !one.Value.Upload.Ended) >= MaxUploads) return null;
        var timer = time.CreateTimer(_ => Drop(session, name), null, Silence, Timeout.InfiniteTimeSpan);
        var upload = FileUpload.Begin(options.Value.DataPath, timer);
        if (uploads.TryAdd((session, name), (upload, timer))) return upload;
        upload.Dispose();
        return Find(session, name);
    }

    public void Drop(SessionKey session, string name)
    {
        if (Find(session, name) is { Stays: false } && uploads.TryRemove((session, name), out var gone)) gone.Upload.Dispose();
    }

    /// <summary>Runs a change when those before it have ended.</summary>
    public Task<T> RunAsync<T>(SessionKey session, Func<Task<T>> change)
    {
        lock (changes)
        {
            var mine = AfterAsync(changes.GetValueOrDefault(session, Task.CompletedTask), change);
            changes[session] = mine;
            _ = mine.ContinueWith(_ => Forget(session, mine), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return mine;
        }
    }

    /// <summary>Ends uploads of a session that goes, and waits for what is being changed.</summary>
    public async Task StopAsync(SessionKey session)
    {
        foreach (var (key, _) in uploads.Where(one => one.Key.Session == session)) Drop(key.Session, key.Name);
        Task? last;
        lock (changes) last = changes.GetValueOrDefault(session);
        if (last is not null) await Task.WhenAny(last).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var (upload, _) in uploads.Values) upload.Dispose();
    }

    private static async Task<T> AfterAsync<T>(Task before, Func<Task<T>> change)
    {
        await Task.WhenAny(before).ConfigureAwait(false);
        return await change().ConfigureAwait(false);
    }

    private void Forget(SessionKey session, Task ended)
    {
        lock (changes)
        {
            if (changes.GetValueOrDefault(session) == ended) changes.Remove(session);
        }
    }
}
