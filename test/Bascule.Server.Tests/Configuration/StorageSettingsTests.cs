using Bascule.Server.Configuration;

namespace Bascule.Server.Tests.Configuration;

public sealed class StorageSettingsTests : IDisposable
{
    private const string Sqlite = "{ sqlite: store/runs.db }";
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("postgres://bascule:p%40ss@db.example.com/runs?sslmode=verify-full")]
    [InlineData("Host=db.example.com;Database=runs;Username=bascule;Password=p@ss;SSL Mode=VerifyFull")]
    public void TakesAnAddressFromAFile(string address)
    {
        File.WriteAllText(_folder.Path("pg"), address + "\n");

        var settings = _folder.Load(SettingsFolder.With(Sqlite, "{ postgres: \"file:pg\" }")).Settings!;

        var read = settings.Storage.ShouldBeOfType<PostgresSettings>().ReadAddress().Value;
        foreach (var part in new[] { "Host=db.example.com", "Database=runs", "Password=p@ss", "SSL Mode=VerifyFull" })
            read.ShouldContain(part);
    }

    [Theory]
    [InlineData("", "storage.postgres")]
    [InlineData("mysql://somewhere", "is no address")]
    [InlineData("postgres://db.example.com/", "is no address")]
    [InlineData("Host=db;Database=x;Passwort=geheim", "is no address")]
    public void RefusesAFileThatHoldsNoAddressAndNeverRepeatsIt(string address, string told)
    {
        File.WriteAllText(_folder.Path("pg"), address);

        var problems = _folder.Problems(SettingsFolder.With(Sqlite, "{ postgres: \"file:pg\" }"));

        problems.ShouldHaveSingleItem().ShouldContain(told);
        problems[0].ShouldNotContain("geheim");
    }

    [Fact]
    public void RefusesAnAddressInTheFileItself() =>
        _folder
            .Problems(SettingsFolder.With(Sqlite, "{ postgres: \"postgres://u:geheim@db/x\" }"))
            .ShouldHaveSingleItem()
            .ShouldNotContain("geheim");

    [Fact]
    public void RefusesBothAtOnce()
    {
        File.WriteAllText(_folder.Path("pg"), "postgres://db/x");

        _folder
            .Problems(SettingsFolder.With(Sqlite, "{ sqlite: a.db, postgres: \"file:pg\" }"))
            .ShouldHaveSingleItem()
            .ShouldContain("stands beside sqlite");
    }
}
