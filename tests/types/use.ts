// A program as its users write it. It is compiled and never run: what it says of types has to hold.
import { Quayside, QuaysideError, type Asset, type Schemas } from "../../web/quayside.js";

const quayside = new Quayside({ baseUrl: "https://api.example", token: async () => "token" });

export async function uploads(file: File): Promise<string | undefined> {
  const upload = quayside.upload(file, { tags: ["holiday"], keepLocation: true });
  // @ts-expect-error there is no such option
  quayside.upload(file, { folder: "holiday" });
  // @ts-expect-error storage says how large a file is
  quayside.upload(file, { size: 1 });
  const asset: Asset = await upload.finished;
  const width: number | undefined = asset.metadata.width;
  return width === undefined ? undefined : asset.urls["preview"];
}

export async function everyFilm(): Promise<Asset[]> {
  const films: Asset[] = [];
  for await (const { items } of quayside.pages({ type: "video", status: "ready", limit: 100 })) films.push(...items);
  // @ts-expect-error there is no such kind
  await quayside.list({ type: "film" });
  return films;
}

export async function ingests(urls: string[]): Promise<Schemas["Progress"][]> {
  const begun = await quayside.ingest(urls.map((url) => ({ url, type: "image" as const })));
  const assets = begun.filter((result): result is Asset => !(result instanceof QuaysideError));
  return Promise.all(assets.map((asset) => quayside.progress(asset.id)));
}

/** What an asset is not is told by its failure. */
export function whyNot(asset: Asset): Schemas["FailureCode"] | null {
  // @ts-expect-error a status is one of six
  if (asset.status === "done") return null;
  return asset.failure?.code ?? null;
}

export async function posterOf(asset: Asset): Promise<string> {
  const { url } = await quayside.dataUrl(asset.id, { variant: "preview" });
  return url;
}

/** Instructions are of one of two kinds. */
export function urlsOf(instructions: Schemas["Instructions"]): string[] {
  if (instructions.strategy === "single") return [instructions.url];
  return instructions.parts.map((part) => part.url);
}
