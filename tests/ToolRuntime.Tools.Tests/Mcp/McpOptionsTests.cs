using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Mcp;

namespace ToolRuntime.Tools.Tests.Mcp;

public sealed class McpOptionsTests
{
    [Theory]
    [InlineData("RefreshEvery", "00:00:00")]
    [InlineData("MaxTools", "0")]
    [InlineData("Servers:a:Enabled", "true")]
    [InlineData("Servers:a:Command", " ")]
    [InlineData("Servers:a:Url", "file:///etc/passwd")]
    [InlineData("Servers:a:Url", "mcp")]
    [InlineData("Servers:a b:Command", "x")]
    [InlineData("Servers:a__b:Command", "x")]
    [InlineData("Servers:a_:Command", "x")]
    [InlineData("Servers:_a:Command", "x")]
    [InlineData("Servers:a2345678901234567890123456789012:Command", "x")]
    [InlineData("Servers:a:Command", "x", "Servers:a:Url", "http://localhost")]
    [InlineData("Servers:a:Command", "x", "Servers:a:ConnectTimeout", "00:00:00")]
    [InlineData("Servers:a:Command", "x", "Servers:a:CacheSeconds", "-1")]
    [InlineData("Servers:a:Command", "x", "Servers:a:Tools:t:Timeout", "00:00:00")]
    [InlineData("Servers:a:Command", "x", "Servers:a:Environment:A=B", "the-value")]
    [InlineData("Servers:a:Command", "x", "Servers:a:PassEnvironment:0", "A B")]
    [InlineData("Servers:a:Url", "http://localhost", "Servers:a:Headers:X Y", "the-value")]
    [InlineData("Servers:a:Url", "http://localhost", "Servers:a:Headers:X", "the-value\r\nY: z")]
    [InlineData("Servers:a:Url", "http://localhost", "Servers:a:Headers:Content-Type", "the-value")]
    public async Task Start_WrongValue_IsRefusedWithoutShowingIt(params string[] settings)
    {
        using var host = Build(settings);

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.DoesNotContain("the-value", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ProgramsThatCannotBeStarted_DoNotStopTheHost()
    {
        using var host = Build("Servers:none:Command", "/does/not/exist", "Servers:nowhere:Command", "sh", "Servers:nowhere:WorkingDirectory", "/does/not/exist", "Servers:quits:Command", "true", "Servers:off:Command", "x", "Servers:off:Enabled", "false");
        await host.StartAsync();
        var source = host.Services.GetRequiredService<IToolSource>();

        await Support.Wait.UntilAsync(() => source.WhyUnavailable("none__x") is not null && source.WhyUnavailable("nowhere__x") is not null && source.WhyUnavailable("quits__x") is not null, "all are away");

        Assert.Null(source.WhyUnavailable("off__x"));
        Assert.Empty(source.Tools);
        await host.StopAsync();
    }

    [Fact]
    public void Secrets_OfServers_AreHeadersAndVariablesThatAreSecret()
    {
        Environment.SetEnvironmentVariable("MCP_TEST_TOKEN", "passed-token");
        try
        {
            using var host = Build(
                "Servers:a:Command", "x", "Servers:a:Environment:MY_KEY", "one", "Servers:a:Environment:PLAIN", "two", "Servers:a:Environment:NAMED", "three", "Servers:a:Secrets:0", "NAMED",
                "Servers:a:PassEnvironment:0", "MCP_TEST_TOKEN", "Servers:a:PassEnvironment:1", "PATH",
                "Servers:b:Url", "http://localhost", "Servers:b:Headers:Authorization", "Bearer four", "Servers:b:Headers:X-Key", "five");

            Assert.Equal(["Bearer four", "five", "five", "four", "one", "passed-token", "three"], host.Services.GetRequiredService<SecretValues>().Values.Order(StringComparer.Ordinal));
        }
        finally
        {
            Environment.SetEnvironmentVariable("MCP_TEST_TOKEN", null);
        }
    }

    private static IHost Build(params string[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Chunk(2).Select(pair => KeyValuePair.Create($"ToolRuntime:Mcp:{pair[0]}", (string?)pair[1])));
        builder.Services.AddSingleton<IRedactor, FakeServerHost.NoRedaction>().AddBuiltInTools(builder.Configuration.GetSection("ToolRuntime")).AddMcpServers(builder.Configuration.GetSection("ToolRuntime:Mcp"));
        return builder.Build();
    }
}
