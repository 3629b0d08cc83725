using System.Collections.Immutable;
using ToolRuntime.Notices;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Tests.Fakes;

/// <summary>Boards on which there is nothing.</summary>
internal sealed class FakeNotices : INoticeBoardGrain, INoticeReaderGrain
{
    public static FakeNotices None { get; } = new();

    public Task<SessionReply<Notice>> PostAsync(NoticeDraft draft) => throw new NotSupportedException();

    Task<ImmutableArray<Notice>> INoticeBoardGrain.ListAsync() => Task.FromResult<ImmutableArray<Notice>>([]);

    public Task<SessionReply<bool>> WithdrawAsync(string id, string tenant, string subject) => Task.FromResult(new SessionReply<bool>(false, new(ErrorCode.NotFound, "no")));

    public Task DismissAsync(string id, DateTimeOffset expiresAt) => Task.CompletedTask;

    Task<ImmutableArray<string>> INoticeReaderGrain.ListAsync() => Task.FromResult<ImmutableArray<string>>([]);
}
