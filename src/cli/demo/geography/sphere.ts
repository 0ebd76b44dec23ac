import type { Box, Point } from './geohash.ts'

const EARTH_RADIUS_KM = 6371.0088
const DEGREE = Math.PI / 180

/** No two points are farther apart than this. */
export const FARTHEST_KM = Math.PI * EARTH_RADIUS_KM

/** Great-circle distance in kilometres. */
export function distanceKm(a: Point, b: Point): number {
  const dLat = ((b.lat - a.lat) * DEGREE) / 2
  const dLng = ((b.lng - a.lng) * DEGREE) / 2
  const h =
    Math.sin(dLat) ** 2 + Math.cos(a.lat * DEGREE) * Math.cos(b.lat * DEGREE) * Math.sin(dLng) ** 2
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)))
}

function wrapLongitude(lng: number): number {
  if (lng < -180) return lng + 360
  return lng > 180 ? lng - 360 : lng
}

/** A box that holds every point within `radiusKm` of the centre. */
export function boxAround(centre: Point, radiusKm: number): Box {
  const angle = radiusKm / EARTH_RADIUS_KM
  const south = centre.lat - angle / DEGREE
  const north = centre.lat + angle / DEGREE
  if (south <= -90 || north >= 90) {
    // The circle holds a pole, and with it every longitude.
    return { south: Math.max(-90, south), north: Math.min(90, north), west: -180, east: 180 }
  }
  const ratio = Math.sin(angle) / Math.cos(centre.lat * DEGREE)
  const reach = ratio >= 1 ? 180 : Math.asin(ratio) / DEGREE
  if (reach >= 180) return { south, north, west: -180, east: 180 }
  return {
    south,
    north,
    west: wrapLongitude(centre.lng - reach),
    east: wrapLongitude(centre.lng + reach),
  }
}
