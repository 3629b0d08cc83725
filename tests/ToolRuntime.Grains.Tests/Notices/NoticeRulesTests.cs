using ToolRuntime.Notices;

namespace ToolRuntime.Grains.Tests.Notices;

public class NoticeRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly NoticeOptions Options = new() { KeptPerTarget = 2, KeptPerTenant = 3 };
    private static readonly NoticeTarget Ann = new(NoticeTargetKind.User, "ann");

    [Fact]
    public void Post_WithoutATime_IsKeptForADay() => Assert.Equal(Now.AddDays(1), Posted(Draft("1")).ExpiresAt);

    [Fact]
    public void Post_WithATime_IsKeptUntilThen()
    {
        Assert.Equal(Now.AddSeconds(5), Posted(Draft("1") with { TtlMs = 5_000 }).ExpiresAt);
        Assert.Equal(Now.AddDays(3), Posted(Draft("1") with { ExpiresAt = Now.AddDays(3) }).ExpiresAt);
    }

    [Theory]
    [InlineData(0L, null)]
    [InlineData(-1L, null)]
    [InlineData(30L * 86_400_000 + 1, null)]
    [InlineData(null, 0)]
    [InlineData(null, 31)]
    [InlineData(5L, 1)]
    public void Post_WithAWrongTime_IsRefused(long? ttl, int? days) =>
        Assert.Equal(ErrorCode.InvalidCommand, Refused(Draft("1") with { TtlMs = ttl, ExpiresAt = days is { } d ? Now.AddDays(d) : null }));

    [Fact]
    public void Post_OfTheSameId_IsTheSameNoticeOrAConflict()
    {
        var first = Posted(Draft("1"));

        Assert.Same(first, NoticeRules.Post(Draft("1"), [first], Options, Now.AddHours(1)).Value);
        Assert.Equal(ErrorCode.Conflict, Refused(Draft("1") with { Text = "other" }, first));
        Assert.Equal(ErrorCode.Conflict, Refused(Draft("1") with { From = "eve" }, first));
    }

    [Fact]
    public void Post_ToAFullTargetOrBoard_IsRefused()
    {
        Notice[] two = [Posted(Draft("1")), Posted(Draft("2"))];

        Assert.Equal(ErrorCode.QuotaExceeded, Refused(Draft("3"), two));
        var third = NoticeRules.Post(Draft("3") with { To = new(NoticeTargetKind.User, "mia") }, two, Options, Now).Value!;
        Assert.Equal(ErrorCode.QuotaExceeded, Refused(Draft("4") with { To = new(NoticeTargetKind.User, "eve") }, [.. two, third]));
    }

    private static NoticeDraft Draft(string id) => new(id, Ann, "hello", NoticeLevel.Info, "acme", "root");

    private static Notice Posted(NoticeDraft draft) => NoticeRules.Post(draft, [], Options, Now).Value!;

    private static ErrorCode? Refused(NoticeDraft draft, params Notice[] board) => NoticeRules.Post(draft, board, Options, Now).Error?.Code;
}
