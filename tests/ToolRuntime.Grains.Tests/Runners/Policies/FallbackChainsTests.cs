using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;

namespace ToolRuntime.Grains.Tests.Runners.Policies;

public sealed class FallbackChainsTests
{
    [Fact]
    public void Of_ChainOfChains_NamesEachOnceInOrder() =>
        Assert.Equal(["b", "d", "c"], Chains(("a", ["b", "c"]), ("b", ["d"]), ("c", ["d"])).Of("a").ToArray());

    [Fact]
    public void Of_AliasOfATool_NamesTheTool() => Assert.Equal(["file_write"], Chains(("a", ["os-write"])).Of("a").ToArray());

    [Theory]
    [InlineData("a", "ToolRuntime:Tools:a:Fallback leads in a circle: a -> a.")]
    [InlineData("b", "ToolRuntime:Tools:b:Fallback leads in a circle: a -> b -> a.")]
    [InlineData("nobody", "ToolRuntime:Tools:a:Fallback names 'nobody', which is no tool of this server.")]
    public void Check_WrongName_StopsTheStart(string fallback, string message)
    {
        var chains = Chains(("a", [fallback]), ("b", ["a"]));

        Assert.Equal(message, Assert.Throws<OptionsValidationException>(chains.Check).Message);
    }

    [Fact]
    public void Check_RightNames_IsContent() => Chains(("a", ["b", "c"]), ("b", ["c"])).Check();

    private static FallbackChains Chains(params (string Tool, string[] Names)[] named) => new(
        new ToolCatalog([.. ((string[])["a", "b", "c", "d", "file_write"]).Select(name => new Support.FakeTool(name))]),
        tool => named.FirstOrDefault(chain => chain.Tool == tool).Names ?? [],
        NullLogger<FallbackChains>.Instance);
}
