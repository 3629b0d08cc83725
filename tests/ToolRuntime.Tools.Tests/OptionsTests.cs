using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Tools.Tests;

public sealed class OptionsTests
{
    [Theory]
    [InlineData("Files:MaxWriteBytes", "0")]
    [InlineData("Files:MaxEntries", "10001")]
    [InlineData("Files:MaxDepth", "0")]
    [InlineData("Shell:MaxRunTime", "00:00:00.5")]
    [InlineData("Shell:Lang", "")]
    [InlineData("Shell:Deny:0", "/(/")]
    [InlineData("Shell:AllowEnvironment:0", "(?=x)")]
    public async Task Start_ValueOutOfRange_Fails(string key, string value)
    {
        using var host = Build(key, value);

        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
    }

    [Fact]
    public async Task Start_Defaults_AreValid()
    {
        using var host = Build("Shell:MaxRunTime", "00:01:00");

        await host.StartAsync();
        await host.StopAsync();
    }

    private static IHost Build(string key, string value)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new($"ToolRuntime:{key}", value)]);
        builder.Services.AddBuiltInTools(builder.Configuration.GetSection("ToolRuntime"));
        return builder.Build();
    }
}
