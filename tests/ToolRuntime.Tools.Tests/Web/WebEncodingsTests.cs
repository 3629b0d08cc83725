using System.Text;
using ToolRuntime.Tools.Web;

namespace ToolRuntime.Tools.Tests.Web;

public sealed class WebEncodingsTests
{
    [Fact]
    public void Find_EveryLabel_IsFoundInAnyCaseAndKeepsAscii()
    {
        var ascii = string.Concat(Enumerable.Range(0x20, 0x5F).Select(code => (char)code));
        Assert.NotEmpty(WebEncodings.Labels);
        foreach (var label in WebEncodings.Labels)
        {
            var encoding = WebEncodings.Find($" {label.ToUpperInvariant()}\t")!;
            var bytes = encoding.CodePage is 1200 or 1201 ? encoding.GetBytes(ascii) : Encoding.ASCII.GetBytes(ascii);
            Assert.True(ascii == encoding.GetString(bytes), label);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("utf-7")]
    [InlineData("utf-32")]
    [InlineData("ibm037")]
    public void Find_NoLabelOfTheStandard_IsNone(string? label) => Assert.Null(WebEncodings.Find(label));

    [Fact]
    public void Find_EveryByteOfSingleByteEncodings_IsOneCharacter()
    {
        var bytes = Enumerable.Range(0, 256).Select(code => (byte)code).ToArray();
        foreach (var label in (string[])["iso-8859-10", "iso-8859-14", "iso-8859-16", "x-user-defined", "windows-1252", "koi8-r"])
        {
            Assert.Equal(256, WebEncodings.Find(label)!.GetString(bytes).Distinct().Count());
        }
    }
}
