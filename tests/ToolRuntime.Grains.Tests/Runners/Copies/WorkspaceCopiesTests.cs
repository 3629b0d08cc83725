using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Placement;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Copies;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Grains.Tests.Runners.Copies;

/// <summary>When copies of workspaces are restored, saved and removed.</summary>
public sealed class WorkspaceCopiesTests : IDisposable
{
    private static readonly SessionKey Session = new("acme", "s1");
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("toolruntime-copies-");
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeWorkspaceStore store = new();
    private readonly FakeTimeProvider time = new();
    private readonly LocalSessions sessions;
    private readonly WorkspaceCopies copies;

    public WorkspaceCopiesTests()
    {
        sessions = new(null!, null!, services.GetRequiredService<IMeterFactory>());
        sessions.Add(Session, this);
        copies = Create(data.FullName);
    }

    public void Dispose()
    {
        copies.Dispose();
        services.Dispose();
        data.Delete(recursive: true);
    }

    [Fact]
    public async Task Exit_Saves_BeforeItCompletes()
    {
        await WriteAsync("a", "one");

        Assert.Null(await copies.ExitAsync(Session, wait: true, default));

        Assert.Equal("one", store.Of(Session)!["a"]);
    }

    [Fact]
    public async Task Exit_WhileASaveRuns_SharesTheNextOne()
    {
        var gate = new TaskCompletionSource();
        store.Gate = gate.Task;
        for (var user = 0; user < 4; user++) await WriteAsync($"{user}", "x");
        var first = copies.ExitAsync(Session, wait: true, default).AsTask();
        await store.Begun.Task;

        var others = Enumerable.Range(1, 3).Select(_ => copies.ExitAsync(Session, wait: true, default).AsTask()).ToList();
        gate.SetResult();

        Assert.All(await Task.WhenAll([first, .. others]), Assert.Null);
        Assert.Equal(2, store.Saves);
    }

    [Fact]
    public async Task Exit_StoreAway_SaysSoAndSavesWhenItIsBack()
    {
        await WriteAsync("a", "one");
        store.Fails = WorkspaceFault.Unavailable;
        Assert.Equal("workspace_unavailable", (await copies.ExitAsync(Session, wait: true, default))!.Code);
        await copies.LeaveAsync(Session);
        Assert.True(File.Exists(Path.Combine(Root, "a"))); // nobody else has it

        store.Fails = null;
        await UntilAsync(() => !Directory.Exists(Root), TimeSpan.FromSeconds(1));

        Assert.Equal("one", store.Of(Session)!["a"]);
    }

    [Fact]
    public async Task Exit_StoreSilent_WaitsNoLongerThanItMay()
    {
        var gate = new TaskCompletionSource();
        store.Gate = gate.Task;
        await WriteAsync("a", "one");
        var exit = copies.ExitAsync(Session, wait: true, default).AsTask();
        await store.Begun.Task;

        await UntilAsync(() => exit.IsCompleted, TimeSpan.FromSeconds(5));
        Assert.Equal("workspace_unavailable", (await exit)!.Code);

        gate.SetResult();
        await WriteAsync("b", "two");
        Assert.Null(await copies.ExitAsync(Session, wait: true, default));
    }

    [Fact]
    public async Task Exit_TooLarge_SaysSoAndKeepsTheFiles()
    {
        await WriteAsync("a", "one");
        store.Fails = WorkspaceFault.TooLarge;
        Assert.Equal("workspace_too_large", (await copies.ExitAsync(Session, wait: true, default))!.Code);
        store.Fails = null;

        await WriteAsync("b", "two");
        Assert.Null(await copies.ExitAsync(Session, wait: true, default));

        Assert.Equal(2, store.Of(Session)!.Count);
    }

    [Fact]
    public async Task Exit_TakenByAnotherSilo_ItsFilesComeWithTheNextUse()
    {
        await WriteAsync("a", "mine");
        await copies.ExitAsync(Session, wait: true, default);
        using var others = Create(data.CreateSubdirectory("other").FullName);
        await File.WriteAllTextAsync(Path.Combine(await others.EnterAsync(Session, default), "a"), "theirs");
        await others.ExitAsync(Session, wait: true, default);

        await WriteAsync("a", "late");
        Assert.NotNull(await copies.ExitAsync(Session, wait: true, default));

        Assert.Equal("theirs", store.Of(Session)!["a"]);
        Assert.Equal("theirs", await File.ReadAllTextAsync(Path.Combine(await copies.EnterAsync(Session, default), "a")));
    }

    [Fact]
    public async Task Leave_Saved_RemovesTheCopyOnceNobodyUsesIt()
    {
        await WriteAsync("a", "one");
        await copies.LeaveAsync(Session);
        Assert.True(Directory.Exists(Root));

        await copies.ExitAsync(Session, wait: true, default);
        await UntilAsync(() => !Directory.Exists(Root), TimeSpan.Zero);

        Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(await copies.EnterAsync(Session, default), "a")));
    }

    [Fact]
    public async Task Enter_StoreAway_FailsAndSucceedsLater()
    {
        store.Fails = WorkspaceFault.Unavailable;
        await Assert.ThrowsAsync<WorkspaceStoreException>(() => copies.EnterAsync(Session, default));
        store.Fails = null;

        Assert.True(Directory.Exists(await copies.EnterAsync(Session, default)));
    }

    [Fact]
    public async Task Delete_LeavesNothing()
    {
        await WriteAsync("a", "one");
        await copies.ExitAsync(Session, wait: true, default);

        await copies.DeleteAsync(Session);

        Assert.Null(store.Of(Session));
        Assert.False(Directory.Exists(Root));
        Assert.Empty(Directory.EnumerateFiles(await copies.EnterAsync(Session, default)));
    }

    [Fact]
    public async Task Check_FolderOfAnotherProcess_IsRefusedAndWhatOneLeftIsRemoved()
    {
        await WriteAsync("a", "one");
        using (var second = Create(data.FullName)) await Assert.ThrowsAsync<OptionsValidationException>(() => second.CheckAsync(default));
        var left = data.CreateSubdirectory("left");
        left.CreateSubdirectory("workspace-copies/acme/old");

        using var next = Create(left.FullName);
        await next.CheckAsync(default);
        await UntilAsync(() => left.EnumerateDirectories("workspace-copies*").All(folder => folder.Name == "workspace-copies" && folder.GetFileSystemInfos().Length == 0), TimeSpan.Zero);
    }

    private string Root => Path.Combine(data.FullName, "workspace-copies", "acme", "s1");

    private WorkspaceCopies Create(string path) => new(new(
        store, new() { DataPath = path }, sessions, new(services.GetRequiredService<IMeterFactory>()), time, NullLogger.Instance));

    private async Task WriteAsync(string name, string content) => await File.WriteAllTextAsync(Path.Combine(await copies.EnterAsync(Session, default), name), content);

    /// <summary>Lets time go on until something holds that other threads do.</summary>
    private async Task UntilAsync(Func<bool> holds, TimeSpan step)
    {
        using var limit = new CancellationTokenSource(Waits.Long);
        while (!holds())
        {
            limit.Token.ThrowIfCancellationRequested();
            time.Advance(step);
            await Task.Yield();
        }
    }
}
