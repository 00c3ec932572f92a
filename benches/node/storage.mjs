// The bucket: presigned PUTs, and uploads in parts.

import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  NotFound,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { text } from "./configuration.mjs";
import { segment } from "./keys.mjs";

const Bucket = text("S3_BUCKET");
const client = new S3Client({
  region: text("S3_REGION"),
  endpoint: text("S3_ENDPOINT"),
  credentials: { accessKeyId: text("S3_KEY_ID"), secretAccessKey: text("S3_APPLICATION_KEY") },
  forcePathStyle: true,
  // B2 refuses the checksums that the SDK would add of its own accord.
  requestChecksumCalculation: "WHEN_REQUIRED",
  responseChecksumValidation: "WHEN_REQUIRED",
});

export const original = (owner, id) => `media/${segment(owner)}/${id}/original`;
const incoming = (owner, id) => `incoming/${segment(owner)}/${id}`;
const encoded = (name) =>
  encodeURIComponent(name).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The size of what was put below `incoming/`, if anything was. */
export async function sizeOfIncoming(owner, id) {
  try {
    return (await client.send(new HeadObjectCommand({ Bucket, Key: incoming(owner, id) }))).ContentLength;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

export function presignUpload(asset, expiresIn) {
  const { owner, id, size: ContentLength, content_type: ContentType } = asset;
  const command = new PutObjectCommand({ Bucket, Key: incoming(owner, id), ContentLength, ContentType });
  return getSignedUrl(client, command, { expiresIn, signableHeaders: new Set(["content-type", "content-length"]) });
}

export async function createMultipart(owner, id, name, ContentType) {
  const command = new CreateMultipartUploadCommand({
    Bucket,
    Key: original(owner, id),
    ContentType,
    ContentDisposition: `inline; filename*=UTF-8''${encoded(name)}`,
    Metadata: { owner: segment(owner), asset: id, filename: encoded(name) },
  });
  return (await client.send(command)).UploadId;
}

export function presignPart(asset, PartNumber, expiresIn) {
  const { multipart_id: UploadId, parts } = asset.upload.strategy;
  const ContentLength = Math.min(parts.part_size, parts.size - (PartNumber - 1) * parts.part_size);
  const Key = original(asset.owner, asset.id);
  const command = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, ContentLength });
  return getSignedUrl(client, command, { expiresIn, signableHeaders: new Set(["content-length"]) });
}

export async function completeMultipart(asset, parts) {
  const Parts = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag }));
  const UploadId = asset.upload.strategy.multipart_id;
  const Key = original(asset.owner, asset.id);
  await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
}
