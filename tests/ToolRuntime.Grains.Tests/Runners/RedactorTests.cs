using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ToolRuntime.Runners;

namespace ToolRuntime.Grains.Tests.Runners;

public sealed class RedactorTests
{
    private const string OpenAiKey = "sk-proj-abcDEF0123456789_-xyz";

    [Theory]
    [InlineData("no secret in here", "no secret in here")]
    [InlineData("", "")]
    [InlineData("the hunter2-hunter2 is", "the [redacted] is")]
    [InlineData("hunter2-hunter2hunter2-hunter2", "[redacted][redacted]")]
    [InlineData("hunter2-hunter", "hunter2-hunter")]
    [InlineData("hunthunter2-hunter2", "hunt[redacted]")]
    [InlineData("key=" + OpenAiKey + ", next", "key=[redacted], next")]
    [InlineData("task-management-for-everybody-1234567890", "task-management-for-everybody-1234567890")]
    [InlineData("sk-short", "sk-short")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "[redacted]")]
    [InlineData("ghp_0123456789abcdefghijABCDEFGHIJ012345;", "[redacted];")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAwJ0123456789abcdefghijklmnop\nAB==\n-----END RSA", "[redacted]-----END RSA")]
    public void Redact_Text_TakesSecretsOutAndNothingElse(string text, string expected) =>
        Assert.Equal(expected, new Redactor(["hunter2-hunter2"], TokenPattern.Common).Redact(text));

    [Fact]
    public void Redact_NothingFound_GivesTheSameInstance()
    {
        var text = new string('s', 100);
        Assert.Same(text, new Redactor(["hunter2-hunter2"], TokenPattern.Common).Redact(text));
    }

    [Theory]
    [InlineData("ls -s sk", "ls -s sk")]
    [InlineData("sk-le", "sk-")]
    [InlineData("sk-learn ", "sk-learn ")]
    [InlineData("hunter2-hunter", "hunt")]
    [InlineData("hunter2-hunter2 x", "hunt[redacted] x")]
    [InlineData("hunter3", "hunter3")]
    public void Process_TypedAtATerminal_ShowsWhatTellsNothingAtOnce(string typed, string shown)
    {
        var stream = new RedactedStream(new Redactor(["hunter2-hunter2"], TokenPattern.Common), shows: true);
        var seen = string.Concat(Encoding.UTF8.GetBytes(typed).Select(b => Encoding.UTF8.GetString(stream.Process([b]))));

        Assert.Equal(shown, seen);
    }

    [Fact]
    public void Redact_OneSecretBeginsAnother_TakesTheLonger() =>
        Assert.Equal("[redacted] [redacted]x", new Redactor(["abcdefgh", "abcdefghijkl"], []).Redact("abcdefghijkl abcdefghx"));

    [Fact]
    public void Redact_ShortValue_IsNoSecret() => Assert.Equal("1234567", new Redactor(["1234567"], []).Redact("1234567"));

    [Fact]
    public void Redact_NotAscii_IsFound() => Assert.Equal("\u00e4[redacted]\u00e4", new Redactor(["gr\u00fc\u00dfe-an-alle"], []).Redact("\u00e4gr\u00fc\u00dfe-an-alle\u00e4"));

    [Fact]
    public void Process_SplitAnywhere_GivesTheSameAndNeverLeaks()
    {
        const string text = "a hunter2-hunter2 b " + OpenAiKey + " c hunter2 sk- d";
        var redactor = new Redactor(["hunter2-hunter2"], TokenPattern.Common);
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
            {
                var result = Pieces(redactor, [bytes[..first], bytes[first..second], bytes[second..]]);
                Assert.Equal("a [redacted] b [redacted] c hunter2 sk- d", result);
            }
        }
    }

    [Fact]
    public void Process_AnyTextInAnyPieces_EqualsTheWhole()
    {
        // Few letters, so that beginnings of secrets, whole ones and overlapping ones are frequent.
        var redactor = new Redactor(["abababab", "ababababba", "bbbbbbbb"], [new("aa-"u8.ToArray(), System.Buffers.SearchValues.Create("ab"u8), 4)]);
        var letters = Gen.Elements((byte)'a', (byte)'b', (byte)'-');
        var pieces = letters.ArrayOf().ArrayOf();
        Prop.ForAll(pieces.ToArbitrary(), parts => Pieces(redactor, parts) == Pieces(redactor, [[.. parts.SelectMany(part => part)]])).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Process_TailThatMayBeginASecret_IsHeldBackAndNoMore()
    {
        var stream = new RedactedStream(new(["hunter2-hunter2"], []));

        Assert.Equal("see ", Text(stream.Process("see hunt"u8)));
        Assert.Equal("", Text(stream.Process("er2-"u8)));
        Assert.Equal("hunter2-x", Text(stream.Process("x"u8)));
        Assert.Equal("", Text(stream.Process("hunt"u8)));
        Assert.Equal("hunt", Text(stream.Process([], last: true)));
    }

    [Fact]
    public void Process_EndlessToken_IsSwallowedWithoutBeingKept()
    {
        var stream = new RedactedStream(new([], TokenPattern.Common));

        Assert.Equal("[redacted]", Text(stream.Process(Encoding.UTF8.GetBytes(OpenAiKey))));
        for (var i = 0; i < 100; i++) Assert.Equal("", Text(stream.Process("moreOfTheSameToken"u8)));
        Assert.Equal(" end", Text(stream.Process(" end"u8)));
    }

    [Theory]
    [InlineData("""{"a":1,"b":[true,null,"x"],"c":{"d":1.50}}""", """{"a":1,"b":[true,null,"x"],"c":{"d":1.50}}""")]
    [InlineData("""{"key":"pa\u002Bss\u002Bword"}""", """{"key":"[redacted]"}""")]
    [InlineData("""{"pa+ss+word":[1, "with pa+ss+word in it"]}""", """{"[redacted]":[1,"with [redacted] in it"]}""")]
    [InlineData("""{"n":1234567890,"m":1234}""", """{"n":"[redacted]","m":1234}""")]
    public void Redact_Json_StaysJson(string json, string expected) =>
        Assert.Equal(expected, new Redactor(["pa+ss+word", "1234567890"], TokenPattern.Common).Redact(new JsonText(json)).Json);

    [Fact]
    public void FromEnvironment_NamesThatLookSecretOrAreGiven_AreRedacted()
    {
        string[] names = ["RUNNER_TEST_API_KEY", "RUNNER_TEST_DB_PASSWORD_FILE", "RUNNER_TEST_GIVEN", "RUNNER_TEST_PLAIN"];
        foreach (var name in names) Environment.SetEnvironmentVariable(name, $"value-of-{name}");
        try
        {
            var options = new RunnerOptions();
            options.Secrets.Add("RUNNER_TEST_GIVEN");
            var redactor = Redactor.FromEnvironment(options, [new(["registered-value"])]);

            Assert.Equal("[redacted]", redactor.Redact("value-of-RUNNER_TEST_API_KEY"));
            Assert.Equal("[redacted]", redactor.Redact("value-of-RUNNER_TEST_DB_PASSWORD_FILE"));
            Assert.Equal("[redacted]", redactor.Redact("value-of-RUNNER_TEST_GIVEN"));
            Assert.Equal("[redacted]", redactor.Redact("registered-value"));
            Assert.Equal("value-of-RUNNER_TEST_PLAIN", redactor.Redact("value-of-RUNNER_TEST_PLAIN"));
        }
        finally
        {
            foreach (var name in names) Environment.SetEnvironmentVariable(name, null);
        }
    }

    private static string Pieces(Redactor redactor, byte[][] pieces)
    {
        var stream = new RedactedStream(redactor);
        var result = new StringBuilder();
        foreach (var piece in pieces) result.Append(Text(stream.Process(piece)));
        return result.Append(Text(stream.Process([], last: true))).ToString();
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
