using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.Telemetry;

/// <param name="Parent">Hex; empty for a root.</param>
internal sealed record SeenSpan(
    string Trace,
    string Id,
    string Parent,
    string Name,
    IReadOnlyDictionary<string, string> Attributes
);

/// <summary>A collector that takes OTLP over HTTP and remembers the spans.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SeenSpan> _spans = new();

    private OtlpCollector(WebApplication app) => _app = app;

    public IReadOnlyList<SeenSpan> Spans => [.. _spans];

    public Uri Address =>
        new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var collector = new OtlpCollector(builder.Build());
        collector._app.Run(collector.TakeAsync);
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        context.Request.Path.Value.ShouldBe("/v1/traces");
        context.Request.ContentType.ShouldBe("application/x-protobuf");
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        foreach (var span in Read(body.ToArray()))
            _spans.Enqueue(span);
    }

    /// <summary>ExportTraceServiceRequest: resource_spans 1, scope_spans 2, spans 2.</summary>
    private static IEnumerable<SeenSpan> Read(byte[] request) =>
        ProtobufReader
            .Messages(request, 1)
            .SelectMany(resource => ProtobufReader.Messages(resource, 2))
            .SelectMany(scope => ProtobufReader.Messages(scope, 2))
            .Select(span => new SeenSpan(
                Hex(span, 1),
                Hex(span, 2),
                Hex(span, 4),
                ProtobufReader.Text(span, 5),
                ProtobufReader.Messages(span, 9).ToDictionary(pair => ProtobufReader.Text(pair, 1), Value)
            ));

    /// <summary>KeyValue: value 2; AnyValue: string_value 1. Numbers are not needed here.</summary>
    private static string Value(byte[] pair) => ProtobufReader.Text(ProtobufReader.Messages(pair, 2).Single(), 1);

    private static string Hex(byte[] span, int field) =>
        Convert.ToHexStringLower(ProtobufReader.Messages(span, field).SingleOrDefault() ?? []);
}
