using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Computer;

public sealed class ComputerToolTests
{
    [Fact]
    public async Task Execute_NoArguments_TellsFacts()
    {
        using var host = new ToolHost();

        var result = await host.RunAsync("computer", "{}");

        var facts = result.Result.ToElement();
        Assert.Equal(Environment.ProcessorCount, facts.GetProperty("processors").GetInt32());
        Assert.InRange(facts.GetProperty("memoryAvailableBytes").GetInt64(), 1, facts.GetProperty("memoryBytes").GetInt64());
        Assert.True(host.Tool("computer").Descriptor.Idempotency == Idempotency.Yes);
    }
}
