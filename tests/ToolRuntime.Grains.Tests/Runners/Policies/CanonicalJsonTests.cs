using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ToolRuntime.Runners.Policies;

namespace ToolRuntime.Grains.Tests.Runners.Policies;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[true,null]}""", """ { "b" : [ true, null ], "a" : 1.0 } """)]
    [InlineData("""{"a":{"x":1,"y":2}}""", """{"a":{"y":20e-1,"x":0.1e1}}""")]
    [InlineData("\"/é\\n\"", "\"\\/\\u00e9\\u000a\"")]
    [InlineData("""{"é":1}""", """{"\u00e9":1}""")]
    [InlineData("0", "-0.00e7")]
    [InlineData("-1200", "-1.2e+3")]
    public void Hash_SameValue_IsTheSame(string one, string other) => Assert.Equal(Hash(one), Hash(other));

    [Theory]
    [InlineData("""{"a":1}""", """{"a":"1"}""")]
    [InlineData("""{"a":1}""", """{"a":1,"b":null}""")]
    [InlineData("[1,2]", "[2,1]")]
    [InlineData("1", "-1")]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("0.1", "0.1000000000000000001")]
    [InlineData("1e400", "1e401")]
    [InlineData("\"a\"", "\"A\"")]
    public void Hash_DifferentValue_Differs(string one, string other) => Assert.NotEqual(Hash(one), Hash(other));

    [Theory]
    [InlineData("0", "0")]
    [InlineData("12.50", "125e-1")]
    [InlineData("-100", "-1e2")]
    [InlineData("0.001E-2", "1e-5")]
    [InlineData("1e99999999999999999999", "1e99999999999999999999")]
    public void Number_Text_LosesWhatDoesNotMatter(string text, string canonical) => Assert.Equal(canonical, CanonicalJson.Number(text));

    [Fact]
    public void Number_AnyDouble_KeepsItsValue() => Prop.ForAll(
        ArbMap.Default.ArbFor<NormalFloat>(),
        number => double.Parse(CanonicalJson.Number(Text(number)), CultureInfo.InvariantCulture) == number.Get).QuickCheckThrowOnFailure();

    private static string Text(NormalFloat number) => JsonSerializer.Serialize(number.Get);

    private static string Hash(string json) => CanonicalJson.Hash(JsonElement.Parse(json));
}
