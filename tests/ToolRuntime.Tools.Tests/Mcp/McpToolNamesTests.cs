using ToolRuntime.Tools.Mcp;

namespace ToolRuntime.Tools.Tests.Mcp;

public sealed class McpToolNamesTests
{
    [Theory]
    [InlineData("echo", "s__echo")]
    [InlineData("get.a-b_c", "s__get.a-b_c")]
    [InlineData("search files/äö", "s__search_files___")]
    [InlineData("_x", "s___x")]
    public void Map_OneTool_IsAnIdThatNamesServerAndTool(string tool, string expected)
    {
        var name = McpToolNames.Map("s", [tool])[tool];

        Assert.Equal(expected, name);
        Assert.True(EntityId.IsValid(name));
        Assert.Equal("s", McpToolNames.ServerOf(name));
    }

    [Fact]
    public void Map_LongNames_AreCutAndStayDistinct()
    {
        var (one, two) = (new string('x', 100) + "1", new string('x', 100) + "2");

        var names = McpToolNames.Map("s", [one, two]);

        Assert.All(names.Values, name => Assert.True(EntityId.IsValid(name)));
        Assert.NotEqual(names[one], names[two]);
    }

    [Fact]
    public void Map_NamesThatBecomeOne_AreMarkedWhateverTheirOrder()
    {
        var names = McpToolNames.Map("s", ["a b", "a/b", "a_b"]);
        var again = McpToolNames.Map("s", ["a_b", "a/b", "a b"]);

        Assert.Equal("s__a_b", names["a_b"]);
        Assert.Equal(3, names.Values.Distinct().Count());
        Assert.Equal(names.OrderBy(pair => pair.Key), again.OrderBy(pair => pair.Key));
    }

    [Fact]
    public void Map_SameNameTwiceOrNone_IsLeftOut() => Assert.Equal(["a"], McpToolNames.Map("s", ["a", "", "a"]).Keys);

    [Theory]
    [InlineData("shell")]
    [InlineData("file_read")]
    [InlineData("__x")]
    public void ServerOf_NoServersTool_IsNull(string name) => Assert.Null(McpToolNames.ServerOf(name));
}
