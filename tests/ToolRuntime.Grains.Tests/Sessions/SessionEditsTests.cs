using Microsoft.Extensions.Options;
using ToolRuntime.Runners;
using ToolRuntime.Sessions;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Grains.Tests.Sessions;

/// <summary>Files that come in parts, and what becomes of them when parts are repeated, lost or late.</summary>
public sealed class SessionEditsTests : IDisposable
{
    private static readonly SessionKey Session = new("acme", "s1");
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-edits-");
    private readonly FakeTimeProvider time = new();
    private readonly Editor editor = new();
    private Rejection? refusal;
    private readonly WorkspaceEdits workspaceEdits;
    private readonly SessionEdits edits;

    public SessionEditsTests()
    {
        var options = Options.Create(new WorkspaceOptions { DataPath = folder.FullName, MaxUploadBytes = 10_000 });
        workspaceEdits = new(options, time);
        edits = new(new(options), workspaceEdits, editor);
    }

    public void Dispose()
    {
        workspaceEdits.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Write_EachPartTwice_IsOneFileOnce()
    {
        foreach (var part in (FilePart[])[Part(0, [1, 2]), Part(2, [3]), Part(3, [4], FileStep.Last)])
        {
            var first = await WriteAsync(part);
            Assert.Equal(first, await WriteAsync(part));
            Assert.Null(first.Error);
        }

        Assert.Equal([1, 2, 3, 4], Assert.Single(editor.Written));
    }

    [Theory]
    [InlineData(2, "u")]
    [InlineData(1, "other")]
    public async Task Write_PartThatFollowsOnNone_IsAConflict(long offset, string upload)
    {
        await WriteAsync(Part(0, [1]));

        var lost = await WriteAsync(Part(offset, [3], FileStep.Last) with { Upload = upload });

        Assert.Equal(ErrorCode.Conflict, lost.Error?.Code);
        Assert.Empty(editor.Written);
    }

    [Fact]
    public async Task Write_SilentForAMinute_IsForgottenAndLeavesNothing()
    {
        await WriteAsync(Part(0, [1]));
        time.Advance(TimeSpan.FromSeconds(50));
        Assert.Null((await WriteAsync(Part(1, [2]))).Error);
        time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(ErrorCode.Conflict, (await WriteAsync(Part(2, [3]))).Error?.Code);
        Assert.Empty(folder.EnumerateFiles());
    }

    [Theory]
    [InlineData(10_001)]
    [InlineData(null)]
    public async Task Write_TooLarge_IsRefusedAsSoonAsThatIsKnown(int? total)
    {
        var reply = await WriteAsync(Part(0, new byte[6_000]) with { Total = total });
        if (total is null) reply = await WriteAsync(Part(6_000, new byte[6_000]));

        Assert.Equal(ErrorCode.TooLarge, reply.Error?.Code);
    }

    [Fact]
    public async Task Write_TooManyAtATime_WaitsUntilOneIsAbandoned()
    {
        for (var i = 0; i < 16; i++) Assert.Null((await WriteAsync(Part(0, [1]) with { Upload = $"{i}" })).Error);

        Assert.Equal((ErrorCode.RateLimited, true), await BeginAsync());
        await WriteAsync(Part(0, []) with { Upload = "3", Step = FileStep.Abandoned });
        Assert.Null(await BeginAsync());

        async Task<(ErrorCode, bool)?> BeginAsync() =>
            (await WriteAsync(Part(0, [1]))).Error is { } error ? (error.Code, error.Retryable) : null;
    }

    [Fact]
    public async Task Write_OneAfterTheOther_AreAsManyAsOneLikes()
    {
        for (var i = 0; i < 40; i++) Assert.Null((await WriteAsync(Part(0, [1], FileStep.Last) with { Upload = $"{i}" })).Error);

        Assert.Equal(40, editor.Written.Count);
    }

    [Fact]
    public async Task Stop_WhileAChangeRuns_WaitsForIt()
    {
        var goOn = editor.Holds = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var writing = WriteAsync(Part(0, [1], FileStep.Last));
        await editor.Entered.Task;
        var deleting = edits.DeleteAsync(Session, "a", false, FileCondition.None, () => null);
        var stopping = workspaceEdits.StopAsync(Session);

        Assert.False(stopping.IsCompleted);
        Assert.Empty(editor.Deleted);
        goOn.SetResult();
        await stopping;

        Assert.True((await writing).Succeeded && (await deleting).Succeeded);
        Assert.Equal("a", Assert.Single(editor.Deleted));
    }

    [Fact]
    public async Task Change_OfASessionThatIsGoneByThen_IsRefused()
    {
        var goOn = editor.Holds = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var writing = WriteAsync(Part(0, [1], FileStep.Last));
        await editor.Entered.Task;
        var next = WriteAsync(Part(0, [1], FileStep.Last) with { Upload = "next" });
        refusal = new(ErrorCode.NotFound, "There is no such session.");
        goOn.SetResult();

        Assert.True((await writing).Succeeded);
        Assert.Equal(refusal, (await next).Error);
        Assert.Single(editor.Written);
    }

    private Task<SessionReply<WrittenFile>> WriteAsync(FilePart part) => edits.WriteAsync(Session, part, () => refusal);

    private static FilePart Part(long offset, byte[] bytes, FileStep step = FileStep.More) => new("u", "a", offset, bytes, null, FileCondition.None, step);

    private sealed class Editor : IWorkspaceEditor
    {
        public List<byte[]> Written { get; } = [];

        public List<string> Deleted { get; } = [];

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource? Holds { get; set; }

        public Rejection? WhyNot(string workspace, string path, FileCondition condition) => null;

        public async Task<SessionReply<WrittenFile>> WriteAsync(string workspace, string path, Stream content, FileCondition condition)
        {
            Entered.TrySetResult();
            if (Holds is { } holds) await holds.Task;
            content.Position = 0;
            var bytes = new byte[content.Length];
            await content.ReadExactlyAsync(bytes);
            Written.Add(bytes);
            return new(new(bytes.Length, true, "tag"), null);
        }

        public SessionReply<WrittenFile> MakeFolder(string workspace, string path) => new(new(0), null);

        public SessionReply<WrittenFile> Delete(string workspace, string path, bool recursive, FileCondition condition)
        {
            Deleted.Add(path);
            return new(new(0), null);
        }
    }
}
