using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Tests.Security;

public class KeysCommandTests
{
    [Fact]
    public void New_PrintsAKeyThatItsEntryLetsIn()
    {
        var (code, output, errors) = Run("new", "--tenant", "acme", "--subject", "ann", "--scopes", "sessions:read, tools:run", "--expires", "2100-01-31T00:00:00Z");

        Assert.Equal((0, ""), (code, errors));
        var token = output.Split('\n').Select(line => line.Trim()).Single(line => line.StartsWith("trk.ann-", StringComparison.Ordinal));
        var entry = output[output.IndexOf('{', StringComparison.Ordinal)..];
        Assert.DoesNotContain(token[^43..], entry, StringComparison.Ordinal);
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(entry));
        var configuration = new ConfigurationBuilder().AddJsonStream(stream).Build();
        using var provider = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddAccess().BuildServiceProvider();
        var key = provider.GetRequiredService<KeyRing>().Table.Authenticate(token)!;
        Assert.Equal(("acme", "ann", Scope.SessionsRead | Scope.ToolsRun), (key.Identity.Tenant, key.Identity.Subject, key.Identity.Scopes));
        Assert.Equal(new DateTimeOffset(2100, 1, 31, 0, 0, 0, TimeSpan.Zero), key.ExpiresAt);
    }

    [Theory]
    [InlineData("new")]
    [InlineData("old", "--tenant", "acme", "--subject", "ann")]
    [InlineData("new", "--tenant", "acme")]
    [InlineData("new", "--tenant", "acme", "--subject")]
    [InlineData("new", "--tenant", "acme", "--subject", "ann", "--scope", "sessions:read")]
    [InlineData("new", "--tenant", "a/b", "--subject", "ann")]
    [InlineData("new", "--tenant", "acme", "--subject", "ann", "--scopes", "root")]
    public void New_WrongArguments_SaysHowAndPrintsNoKey(params string[] arguments)
    {
        var (code, output, errors) = Run(arguments);

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("keys new --tenant", errors, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = KeysCommand.Run(arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
