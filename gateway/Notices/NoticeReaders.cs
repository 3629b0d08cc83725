namespace ToolRuntime.Gateway.Notices;

/// <summary>Those who are told of notices.</summary>
internal sealed class NoticeReaders(NoticeBoards boards, TimeProvider time)
{
    /// <summary>Tells an audience of notices until the result is disposed of.</summary>
    public OpenNotices Add(NoticeAudience audience)
    {
        var reader = new NoticeReader(audience, boards, time);
        return new(reader, boards, boards.AttachAsync(reader));
    }
}

/// <summary>One who is told of notices.</summary>
internal sealed class OpenNotices(NoticeReader reader, NoticeBoards boards, Task attaching) : IAsyncDisposable
{
    public NoticeReader Reader => reader;

    /// <summary>Nobody waits for silos that do not answer.</summary>
    public ValueTask DisposeAsync()
    {
        var detaching = DetachAsync();
        return attaching.IsCompleted ? new(detaching) : ValueTask.CompletedTask;
    }

    private async Task DetachAsync()
    {
        await attaching;
        await boards.DetachAsync(reader);
    }
}
