using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Grains.Tests.Sessions;

public sealed class SessionTitlesTests
{
    private readonly SessionRig session = new();

    [Theory]
    [InlineData("hello\nworld", "hello")]
    [InlineData("\n  much \t room  \n", "much room")]
    [InlineData(" \n", "")]
    [InlineData("/shell {\"command\": \"ls -la\\n pwd\"}", "shell ls -la pwd")]
    [InlineData("/shell ls -la", "shell ls -la")]
    [InlineData("/computer {}", "computer")]
    [InlineData("/computer", "computer")]
    [InlineData("/file_write {\"content\": \"x\", \"path\": \"a/b\"}", "file_write a/b")]
    [InlineData("/shell {\"command\":", "shell")]
    [InlineData("/shell {}\nthen\n/computer {}\n/shell ls", "shell ×2, computer")]
    [InlineData("/", "/")]
    [InlineData("what is /shell {}?", "what is /shell {}?")]
    public void Of_Message_IsItsFirstLineOrItsTools(string text, string title) => Assert.Equal(title, SessionTitles.Of(text));

    [Fact]
    public void Of_LongMessage_IsCutBetweenCharacters()
    {
        var title = SessionTitles.Of(string.Concat(Enumerable.Repeat("😀", 100)));

        Assert.Equal(string.Concat(Enumerable.Repeat("😀", 79)) + "…", title);
    }

    [Fact]
    public void Title_FirstMessage_GivesItOnce()
    {
        session.Send("the first");
        session.Send("the second");

        Assert.Equal("the first", Title);
        Assert.Equal(["the first", null], session.Events.OfType<MessageCreated>().Select(e => e.Title));
    }

    [Fact]
    public void Title_ToolsWithoutAMessage_GiveIt()
    {
        session.Do(new RunTools([new("plain", new("""{"path":"a.txt"}"""))]));

        Assert.Equal("plain a.txt", Title);
    }

    [Fact]
    public void Edit_OfWhatGaveTheTitle_ChangesIt()
    {
        var message = Said("before");
        session.Do(new EditMessage(message, "after"));

        Assert.Equal("after", Title);
    }

    [Fact]
    public void Delete_OfWhatGaveTheTitle_LeavesTheNextOrNone()
    {
        var (first, second) = (Said("one"), Said("two"));

        session.Do(new DeleteMessage(first));
        Assert.Equal("two", Title);
        session.Do(new DeleteMessage(second));

        Assert.Null(Title);
        Said("three");
        Assert.Equal("three", Title);
    }

    [Fact]
    public void Rename_ByPeople_HoldsWhateverIsDeletedOrReset()
    {
        var message = Said("secret");
        session.Do(new RenameSession("  Release \n notes "));
        session.Do(new DeleteMessage(message));
        session.Do(new ResetSession());

        Assert.Equal("Release notes", Title);
    }

    [Fact]
    public void Rename_ToNothing_GivesBackTheFirstMessages()
    {
        Said("one");
        session.Do(new RenameSession("other"));
        session.Do(new RenameSession(""));

        Assert.Equal("one", Title);
        session.Do(new ResetSession());
        Assert.Null(Title);
    }

    [Fact]
    public void Rename_TooLong_IsRefused() => Assert.Equal(ErrorCode.TooLarge, session.Execute(new RenameSession(new('x', 201))).Error?.Code);

    [Fact]
    public void Replay_GivesTheSameTitle()
    {
        var message = Said("one");
        Said("two");
        session.Do(new DeleteMessage(message));
        var replayed = session.Log.Aggregate(new SessionState(), (state, entry) => SessionEncoding.Decode(entry) is var (happened, note) ? SessionFold.Apply(state, happened, note) : state);

        Assert.Equal((session.State.Title, session.State.TitleOf), (replayed.Title, replayed.TitleOf));
    }

    [Fact]
    public void Label_SaysHowTheSessionStands()
    {
        Assert.Equal(SessionActivity.Idle, Activity);
        var asks = session.Run(1, "asks");
        Assert.Equal(SessionActivity.Running, Activity);
        session.StartAll(asks);
        Assert.Equal(SessionActivity.Waiting, Activity);
        session.Do(new ApproveTool(session.Execution(asks, 0).Id));
        session.StartAll(asks);
        session.Do(new PauseBatch(asks));
        Assert.Equal(SessionActivity.Paused, Activity);
        session.Do(new ResumeBatch(asks));
        session.Fail(asks, 0);
        Assert.Equal(SessionActivity.Failed, Activity);
        var fine = session.Run();
        session.StartAll(fine);
        session.Succeed(fine, 0);
        Assert.Equal(SessionActivity.Idle, Activity);
    }

    private string? Title => (string?)session.View()["title"];

    private SessionActivity Activity => SessionLabels.Of(session.State).Activity;

    /// <summary>A message whose reply has been cancelled.</summary>
    private string Said(string text)
    {
        var sent = session.Do(new SendMessage(text));
        session.Do(new CancelMessage(sent.GetProperty("replyId").GetString()!));
        return sent.GetProperty("messageId").GetString()!;
    }
}
