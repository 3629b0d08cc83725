using System.Net;
using ToolRuntime.Placement;

namespace ToolRuntime.Grains.Tests.Placement;

public sealed class RendezvousTests
{
    private const int Sessions = 10_000;
    private static readonly string[] Keys = [.. Enumerable.Range(0, Sessions).Select(i => $"tenant{i % 7}/session-{i}")];

    public static TheoryData<int> Sizes => [1, 2, 3, 5, 8, 20];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Join_AnySilo_TakesItsShareAndMovesNothingElse(int size)
    {
        var before = Silos(size);
        SiloAddress[] after = [.. before, Silo(size)];

        var moved = Keys.Where(key => !Owner(key, before).Equals(Owner(key, after))).ToArray();

        Assert.All(moved, key => Assert.Equal(after[^1], Owner(key, after)));
        AssertShare(moved.Length, size + 1);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Leave_EachSilo_GivesItsShareToAllOthersAndMovesNothingElse(int size)
    {
        var before = Silos(size + 1);
        foreach (var left in before)
        {
            SiloAddress[] after = [.. before.Where(silo => !silo.Equals(left))];
            var moved = Keys.Where(key => !Owner(key, before).Equals(Owner(key, after))).ToArray();

            Assert.All(moved, key => Assert.Equal(left, Owner(key, before)));
            AssertShare(moved.Length, size + 1);
            Assert.Equal(size, moved.Select(key => Owner(key, after)).Distinct().Count());
        }
    }

    [Fact]
    public void Choose_SilosInAnyOrder_IsTheSame()
    {
        var silos = Silos(6);
        foreach (var key in Keys.Take(1_000)) Assert.Equal(Owner(key, silos), Owner(key, [.. silos.Reverse()]));
    }

    [Fact]
    public void Choose_SiloStartedAnew_GetsBackWhatItHad()
    {
        var silos = Silos(4);
        SiloAddress[] after = [.. silos[..3], SiloAddress.New(silos[3].Endpoint, silos[3].Generation + 1)];
        foreach (var key in Keys.Take(1_000)) Assert.Equal(Owner(key, silos).Endpoint, Owner(key, after).Endpoint);
    }

    /// <summary>Written down: silos of two versions have to agree while they are changed one after the other.</summary>
    [Theory]
    [InlineData("acme/s1", 3)]
    [InlineData("acme/s2", 1)]
    [InlineData("acme/größer", 3)]
    public void Choose_KnownKeys_StaysTheSameForEver(string key, int silo) => Assert.Equal(Silo(silo), Owner(key, Silos(4)));

    [Theory]
    [InlineData("acme/s1/exec_1")]
    [InlineData("acme/s1/")]
    public void Owner_Child_IsItsSessions(string child) => Assert.Equal(Owner("acme/s1", Silos(5)), SessionPlacementDirector.OwnerOf(child, Silos(5)));

    [Fact]
    public void Choose_LongKey_Works() => Assert.NotNull(Owner("acme/" + new string('x', 10_000), Silos(3)));

    /// <summary>Five standard deviations, so that what is random by the keys is not random by the test.</summary>
    private static void AssertShare(int moved, int silos)
    {
        var share = (double)Sessions / silos;
        var slack = 5 * Math.Sqrt(share * (1 - (1.0 / silos)));
        Assert.InRange(moved, share - slack, share + slack);
    }

    private static SiloAddress Owner(string key, IReadOnlyList<SiloAddress> silos) => SessionPlacementDirector.OwnerOf(key, silos);

    private static SiloAddress[] Silos(int count) => [.. Enumerable.Range(0, count).Select(Silo)];

    private static SiloAddress Silo(int number) => SiloAddress.New(IPAddress.Parse($"10.0.{number / 2}.1"), 11_111 + (number % 2), 7);
}
