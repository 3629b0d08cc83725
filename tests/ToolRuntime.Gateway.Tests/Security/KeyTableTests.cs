using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Tests.Security;

public class KeyTableTests
{
    [Fact]
    public void Authenticate_TheKey_GivesItsIdentity()
    {
        var key = TestKey.Ann;

        var found = Ring(TestKey.Settings(key)).Table.Authenticate(key.Token)!;

        Assert.Equal(("acme", "ann"), (found.Identity.Tenant, found.Identity.Subject));
        Assert.Equal(Scopes.Default, found.Identity.Scopes);
        Assert.Null(found.ExpiresAt);
    }

    [Fact]
    public void Authenticate_AnythingElse_GivesNothing()
    {
        var key = TestKey.Ann;
        var table = Ring(TestKey.Settings(key)).Table;
        var last = key.Token[^1] == 'A' ? 'B' : 'A';

        string[] wrong =
        [
            "", "trk.", "trk.ann1", "trk.ann1.", KeyToken.New("ann1"), KeyToken.New("bob1"), key.Token[..^1], key.Token + "A", key.Token[..^1] + last, key.Token[4..], key.Token.ToUpperInvariant(),
            " " + key.Token, new string('a', 10_000), $"trk..{key.Token[^43..]}", KeyToken.Describe(key.Token),
        ];

        Assert.All(wrong, token => Assert.Null(table.Authenticate(token)));
    }

    [Fact]
    public void New_TwoKeys_Differ() => Assert.NotEqual(KeyToken.New("a"), KeyToken.New("a"));

    [Theory]
    [InlineData("Access:Keys:0:Hash", "sha256:1234", "Hash must be")]
    [InlineData("Access:Keys:0:Hash", "md5:1234", "Hash must be")]
    [InlineData("Access:Keys:0:Id", "ann laptop", "Id must be")]
    [InlineData("Access:Keys:0:Tenant", "acme/other", "Tenant must be")]
    [InlineData("Access:Keys:0:Tenant", "..", "Tenant must be")]
    [InlineData("Access:Keys:0:Subject", "", "Subject must be")]
    [InlineData("Access:Keys:0:Scopes:0", "sessions:everything", "there is no scope 'sessions:everything'")]
    [InlineData("Access:Keys:0:ExpiresAt", "soon", "ExpiresAt 'soon'")]
    [InlineData("Access:Keys:0:Limits:Connections", "-1", "Connections")]
    [InlineData("Access:Keys:0:Limits:Connections", "many", "Connections")]
    [InlineData("Access:Keys:0:Expires", "2030-01-01", "unknown setting 'Expires'")]
    [InlineData("Access:Limits:Connection", "1", "unknown setting 'Connection'")]
    [InlineData("Access:CookieSecret", "short", "CookieSecret")]
    public void Start_Mistake_IsRefusedAndNamed(string name, string value, string problem)
    {
        var settings = TestKey.Settings(TestKey.Ann).Where(setting => setting.Name != name);

        var refused = Assert.Throws<OptionsValidationException>(() => Ring([.. settings, (name, value)]));

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Contains("ToolRuntime:Access", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_SameIdAndSameHashTwice_AreRefused()
    {
        var (one, other) = (TestKey.Ann, new TestKey("bob1", "acme", "bob"));
        (string, object)[] again = [("Access:Keys:1:Id", "ann1"), ("Access:Keys:2:Id", "cid1"), ("Access:Keys:2:Hash", KeyToken.Describe(one.Token)), ("Access:Keys:2:Tenant", "acme"), ("Access:Keys:2:Subject", "cid")];

        var refused = Assert.Throws<OptionsValidationException>(() => Ring([.. TestKey.Settings(one, other).Where(setting => setting.Name != "Access:Keys:1:Id"), .. again]));

        Assert.Contains("another key has this Id", refused.Message, StringComparison.Ordinal);
        Assert.Contains("another key has this Hash", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_OfTheKeyOfTheSectionAndDefault_GoInThatOrder()
    {
        var key = TestKey.Ann with { Limits = [("Connections", 3), ("TenantBytes", 0)] };

        var limits = Ring([.. TestKey.Settings(key), ("Access:Limits:Connections", 7), ("Access:Limits:CommandsPerSecond", 5)]).Table.Authenticate(key.Token)!.Identity.Limits;

        Assert.Equal(new KeyLimits(5, 10, 3, 10_000, 2_000, 10L << 30, 0), limits);
    }

    internal static KeyRing Ring(params (string Name, object Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"ToolRuntime:{setting.Name}", setting.Value.ToString()))).Build();
        return new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddAccess().BuildServiceProvider().GetRequiredService<KeyRing>();
    }
}
