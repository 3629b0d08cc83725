using System.Collections.Concurrent;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Grains.Tests.Runners.Copies;

/// <summary>Keeps workspaces of plain files in memory, and fails as it is told.</summary>
internal sealed class FakeWorkspaceStore : IWorkspaceStore
{
    private readonly ConcurrentDictionary<SessionKey, (Hold? Holder, Dictionary<string, string> Files)> saved = new();

    /// <summary>What the next calls fail with.</summary>
    public WorkspaceFault? Fails { get; set; }

    /// <summary>What saves wait for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Told when a save has begun.</summary>
    public TaskCompletionSource Begun { get; set; } = new();

    public int Saves;

    public IReadOnlyDictionary<string, string>? Of(SessionKey session) => saved.TryGetValue(session, out var found) ? found.Files : null;

    public Task CheckAsync(CancellationToken cancellationToken = default) => FailAsync();

    public async Task<IWorkspaceHold> RestoreAsync(SessionKey session, string folder, CancellationToken cancellationToken = default)
    {
        await FailAsync();
        var hold = new Hold(this, session, folder);
        var files = Of(session) is { } there ? new Dictionary<string, string>(there) : [];
        saved[session] = (hold, files);
        foreach (var (name, content) in files) await File.WriteAllTextAsync(Path.Combine(folder, name), content, cancellationToken);
        return hold;
    }

    public async Task EraseAsync(SessionKey session, CancellationToken cancellationToken = default)
    {
        await FailAsync();
        saved.TryRemove(session, out _);
    }

    private Task FailAsync() => Fails is { } fault ? Task.FromException(new WorkspaceStoreException(fault, "It is so.")) : Task.CompletedTask;

    private sealed class Hold(FakeWorkspaceStore store, SessionKey session, string folder) : IWorkspaceHold
    {
        public async Task<WorkspaceSave> SaveAsync(CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref store.Saves);
            store.Begun.TrySetResult();
            await store.Gate;
            await store.FailAsync();
            if (!store.saved.TryGetValue(session, out var now) || now.Holder != this) throw new WorkspaceStoreException(WorkspaceFault.Taken, "It is taken.");
            store.saved[session] = (this, Directory.EnumerateFiles(folder).ToDictionary(file => Path.GetFileName(file)!, File.ReadAllText));
            return new(true, 0, 0);
        }

        public Task TakeBackAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
