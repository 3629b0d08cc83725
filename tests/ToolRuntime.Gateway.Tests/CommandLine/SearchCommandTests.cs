using ToolRuntime.CommandLine;

namespace ToolRuntime.Gateway.Tests.CommandLine;

/// <summary><c>search rebuild</c>.</summary>
public sealed class SearchCommandTests
{
    [Fact]
    public async Task Rebuild_WhileTheServerRuns_IsRefusedAndAfterwardsRemovesTheIndex()
    {
        var folder = Directory.CreateTempSubdirectory("search-rebuild-").FullName;
        try
        {
            var file = Path.Combine(folder, "search.db");
            await using (await RealWorld.StartAsync(folder))
            {
                await WireAssert.EventuallyAsync(() => File.Exists(file));
                var (busy, told) = Run("rebuild", "--ToolRuntime:Data:Path", folder);
                Assert.Equal(1, busy);
                Assert.Contains("in use by another process", told, StringComparison.Ordinal);
            }

            Assert.True(File.Exists(file));
            Assert.Equal(0, Run("rebuild", "--ToolRuntime:Data:Path", folder).Code);
            Assert.Empty(Directory.GetFiles(folder, "search.db*"));
            Assert.NotEmpty(Directory.GetFiles(folder, "sessions.db"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(1, "Unknown command 'search again'. Did you mean search rebuild?", "again")]
    [InlineData(0, "search rebuild [options]", "--help")]
    public void Run_Otherwise_TellsHow(int code, string start, string argument)
    {
        var (exit, told) = Run(argument);

        Assert.Equal(code, exit);
        Assert.StartsWith(start, told, StringComparison.Ordinal);
    }

    private static (int Code, string Told) Run(params string[] arguments)
    {
        using var writer = new StringWriter();
        return (SearchCommand.Run(arguments, writer, writer), writer.ToString());
    }
}
