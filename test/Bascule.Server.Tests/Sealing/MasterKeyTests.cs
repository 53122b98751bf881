using System.Security.Cryptography;
using System.Text;
using Bascule.Core;
using Bascule.Server.Sealing;

namespace Bascule.Server.Tests.Sealing;

public sealed class MasterKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-key-").FullName;

    private string File => Path.Combine(_folder, "data", "master.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void IsMadeForItsUserOnlyAndOpensAgain()
    {
        byte[] sealedValue;
        using (var made = MasterKey.Open(File).Value)
            sealedValue = made.Seal("p", "value"u8);
        using var opened = MasterKey.Open(File).Value;

        System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        new FileInfo(File).Length.ShouldBe(32);
        Encoding.UTF8.GetString(opened.Open("p", sealedValue)).ShouldBe("value");
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.UserExecute)]
    public void AFileThatOthersMayTouchIsRefusedWithTheRemedy(UnixFileMode extra)
    {
        MasterKey.Open(File).Value.Dispose();
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | extra);

        var problem = MasterKey.Open(File).Problem.ShouldNotBeNull();

        problem.Code.ShouldBe(ProblemCode.Denied);
        problem.Message.ShouldContain($"chmod 600 {File}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void AFileOfAnotherLengthIsRefusedAndLeftAsItIs(int length)
    {
        MasterKey.Open(File).Value.Dispose();
        System.IO.File.WriteAllBytes(File, new byte[length]);

        MasterKey.Open(File).Problem!.Code.ShouldBe(ProblemCode.Invalid);
        new FileInfo(File).Length.ShouldBe(length);
    }

    [Fact]
    public void AFolderInItsPlaceIsRefused()
    {
        Directory.CreateDirectory(File);

        MasterKey.Open(File).Problem.ShouldNotBeNull();
    }

    [Fact]
    [Trait("Threat", "T42")]
    public void WhatIsSealedForOnePurposeDoesNotOpenForAnother()
    {
        using var key = MasterKey.Open(File).Value;

        Should.Throw<CryptographicException>(() => key.Open("signing-key", key.Seal("webhook-secret", "value"u8)));
    }

    [Fact]
    public void AnyChangedByteIsNoticed()
    {
        using var key = MasterKey.Open(File).Value;
        var sealedValue = key.Seal("p", "value"u8);

        for (var at = 0; at < sealedValue.Length; at++)
        {
            var changed = sealedValue.ToArray();
            changed[at] ^= 1;
            Should.Throw<CryptographicException>(() => key.Open("p", changed));
        }
        Should.Throw<CryptographicException>(() => key.Open("p", sealedValue.AsSpan(0, 27).ToArray()));
        Should.Throw<CryptographicException>(() => key.Open("p", sealedValue.AsSpan(0, sealedValue.Length - 1)));
    }

    [Fact]
    [Trait("Threat", "T146")]
    public void AnotherInstallationCannotOpenIt()
    {
        using var key = MasterKey.Open(File).Value;
        using var other = MasterKey.Open(Path.Combine(_folder, "other.key")).Value;

        Should.Throw<CryptographicException>(() => other.Open("p", key.Seal("p", "value"u8)));
        other.Mac("p", "value").ShouldNotBe(key.Mac("p", "value"));
    }

    [Fact]
    public void TheSameValueIsSealedDifferentlyEachTime()
    {
        using var key = MasterKey.Open(File).Value;

        key.Seal("p", "value"u8).ShouldNotBe(key.Seal("p", "value"u8));
    }

    [Fact]
    [Trait("Threat", "T42")]
    public void DigestsOfDifferentPurposesNeverAgree()
    {
        using var key = MasterKey.Open(File).Value;

        key.Mac("badge", "x").ShouldBe(key.Mac("badge", "x"));
        key.Mac("badge", "x").Length.ShouldBe(64);
        key.Mac("run-mark", "x").ShouldNotBe(key.Mac("badge", "x"));
        key.Mac("badg", "ex").ShouldNotBe(key.Mac("badge", "x"));
    }
}
