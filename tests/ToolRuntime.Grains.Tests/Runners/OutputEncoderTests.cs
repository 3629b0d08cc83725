using System.Text;
using ToolRuntime.Runners;

namespace ToolRuntime.Grains.Tests.Runners;

public sealed class OutputEncoderTests
{
    [Fact]
    public void Encode_Utf8_IsText() => Assert.Equal(("a\u00e4\u20ac\U0001F600\0", null), OutputEncoder.Encode("a\u00e4\u20ac\U0001F600\0"u8));

    [Fact]
    public void Encode_AnythingElse_IsBase64() => Assert.Equal((null, "4oI="), OutputEncoder.Encode([0xE2, 0x82]));

    [Fact]
    public void Encode_Nothing_IsNeither() => Assert.Equal((null, null), OutputEncoder.Encode([]));

    [Theory]
    [InlineData(new byte[0], 0)]
    [InlineData(new byte[] { 0x61 }, 1)]
    [InlineData(new byte[] { 0x61, 0xC3 }, 1)]
    [InlineData(new byte[] { 0x61, 0xC3, 0xA4 }, 3)]
    [InlineData(new byte[] { 0xE2, 0x82 }, 0)]
    [InlineData(new byte[] { 0x61, 0xF0, 0x9F, 0x98 }, 1)]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98, 0x80 }, 4)]
    [InlineData(new byte[] { 0x61, 0xFF }, 2)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80 }, 4)]
    [InlineData(new byte[] { 0xC3, 0x28 }, 2)]
    public void CompleteLength_Bytes_LeavesOutWhatIsStillToCome(byte[] bytes, int expected) => Assert.Equal(expected, OutputEncoder.CompleteLength(bytes));

    [Fact]
    public void Keeper_UpTo128KB_KeepsAll()
    {
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i:d4}\u00e4"))[..100_000];
        Assert.Equal(text, Keep(text, piece: 777));
        Assert.Equal("", Keep("", piece: 1));
        Assert.Equal(new string('x', 128 * 1024), Keep(new string('x', 128 * 1024), piece: 100_000));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(65_536)]
    [InlineData(150_000)]
    public void Keeper_More_KeepsFirstAndLastAndSaysHowMuchIsGone(int piece)
    {
        var text = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{i:d9}\n"));

        Assert.Equal($"{text[..65_536]}\n[... {text.Length - (2 * 65_536)} bytes left out ...]\n{text[^65_536..]}", Keep(text, piece));
    }

    [Fact]
    public void Keeper_CutWithinACharacter_LeavesTheHalvesOut()
    {
        var kept = Keep(string.Concat(Enumerable.Repeat("\u20ac", 100_000)), piece: 1_000);

        Assert.DoesNotContain('\uFFFD', kept);
        var sides = kept.Split('\n');
        Assert.Equal([21_845, 21_845], [sides[0].Length, sides[2].Length]);
        Assert.Equal($"[... {(100_000 - 43_690) * 3} bytes left out ...]", sides[1]);
    }

    private static string Keep(string text, int piece)
    {
        var keeper = new OutputKeeper();
        foreach (var part in Encoding.UTF8.GetBytes(text).Chunk(piece)) keeper.Add(part);
        return keeper.ToString();
    }
}
