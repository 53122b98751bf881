using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bascule.Server.Tests.Console;

/// <summary>One component as the browser would read it.</summary>
internal static class Rendering
{
    public static async Task<IElement> OfAsync<T>(params (string Name, object? Value)[] parameters)
        where T : IComponent
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        var view = ParameterView.FromDictionary(parameters.ToDictionary(one => one.Name, one => one.Value));
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<T>(view)).ToHtmlString()
        );
        return new HtmlParser().ParseDocument(html).Body!;
    }
}
