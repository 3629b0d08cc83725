using Microsoft.Extensions.AI;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models.Tests.Providers;

public sealed class WireMessagesTests
{
    [Fact]
    public void Of_TextOfWhiteSpaceOnly_IsLeftOut()
    {
        var messages = WireMessages.Of(
            [
                new(ChatRole.System, " \n"), new(ChatRole.User, "Hi"), new(ChatRole.Assistant, [new TextContent("\n\n"), Chats.Call("c", "shell", "ls")]),
                new(ChatRole.Tool, [Chats.Result("c", "{}")]), new(ChatRole.Assistant, "\t "), new(ChatRole.User, " And? "),
            ]);

        Assert.Equal([(WireRole.User, "Hi", 0), (WireRole.Assistant, "", 1), (WireRole.User, " And? ", 0)], messages.Select(m => (m.Role, m.Text, m.Calls.Count)));
    }

    [Fact]
    public void Of_LongIds_AreCutAndStayApart()
    {
        var long1 = new string('a', 64);
        var messages = WireMessages.Of([new(ChatRole.Assistant, [Chats.Call(long1, "shell", "1"), Chats.Call(long1[..63], "shell", "2"), Chats.Call("shell:0", "shell", "3"), Chats.Call("shell_0", "shell", "4")])]);

        var ids = messages[0].Calls.Select(c => c.Id).ToArray();
        Assert.Equal(4, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9_-]{1,40}$", id));
    }
}
