using System.Text.Json;
using System.Text.RegularExpressions;

namespace ToolRuntime.Grains.Tests.Contracts;

public sealed class HalfCharactersTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("😀\\ud83d", "😀\uFFFD")]
    [InlineData("\\ude00a\\ud83d\\ud83d\\ude00", "\uFFFDa\uFFFD😀")]
    public void Mend_Halves_AreReplaced(string escaped, string mended) => Assert.Equal(mended, HalfCharacters.Mend(Regex.Unescape(escaped)));

    [Theory]
    [InlineData("""{"a\ud83d":"\ud83d\ude00 \ude00 \\ud83d \ud83d\\"}""", "a\uFFFD", "😀 \uFFFD \\ud83d \uFFFD\\")]
    [InlineData("""{"b":"\n\ud83d"}""", "b", "\n\uFFFD")]
    public void MendJson_EscapedHalves_AreReplaced(string json, string name, string value)
    {
        var member = JsonElement.Parse(HalfCharacters.MendJson(json)).EnumerateObject().Single();

        Assert.Equal((name, value), (member.Name, member.Value.GetString()));
    }

    [Fact]
    public void Read_TextWithAHalf_IsAsItIs()
    {
        Assert.Equal("a\n\t\"\\/\b\f\r\ud83d", HalfCharacters.Read(JsonElement.Parse("""["a\n\t\"\\\/\b\f\r\ud83d"]""")[0]));
        Assert.Equal("plain", HalfCharacters.Read(JsonElement.Parse("\"plain\"")));
    }
}
