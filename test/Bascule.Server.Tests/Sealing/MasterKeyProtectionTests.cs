using System.Security.Cryptography;
using System.Text;
using Bascule.Server.Sealing;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bascule.Server.Tests.Sealing;

public sealed class MasterKeyProtectionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-protection-").FullName;
    private readonly MasterKey _key;

    public MasterKeyProtectionTests() => _key = Open();

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void WhatOneReplicaSealsEveryOtherOpens()
    {
        using var same = Open();
        var sealedText = new MasterKeyProtection(_key).CreateProtector("a").Protect("hello"u8.ToArray());

        Encoding
            .UTF8.GetString(new MasterKeyProtection(same).CreateProtector("a").Unprotect(sealedText))
            .ShouldBe("hello");
    }

    [Theory]
    [InlineData("b")]
    [InlineData("a", "b")]
    [InlineData("a\",\"b")]
    [Trait("Threat", "T43")]
    public void WhatWasSealedForOnePurposeOpensForNoOther(params string[] purposes)
    {
        IDataProtectionProvider provider = new MasterKeyProtection(_key);
        var sealedText = provider.CreateProtector("a").Protect([1]);
        foreach (var purpose in purposes)
            provider = provider.CreateProtector(purpose);

        Should.Throw<CryptographicException>(() => ((IDataProtector)provider).Unprotect(sealedText));
    }

    [Fact]
    public void NoKeysAreMadeInSomebodysHomeFolder()
    {
        var services = new ServiceCollection();
        services.AddDataProtection();
        services.Any(MakesKeys).ShouldBeTrue("this is what must not stay");

        services.ProtectDataByMasterKey();

        services.Any(MakesKeys).ShouldBeFalse();
    }

    [Fact]
    public void ManyTasksSealAndOpenAtOnce() =>
        Parallel.For(
            0,
            2000,
            i => _key.Open("p", _key.Seal("p", BitConverter.GetBytes(i))).ShouldBe(BitConverter.GetBytes(i))
        );

    private static bool MakesKeys(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService)
        && service.ImplementationType?.FullName?.Contains("DataProtection", StringComparison.Ordinal) == true;

    private MasterKey Open() => MasterKey.Open(Path.Combine(_folder, "master.key")).Value;
}
